/** layout.h of one domain: what it has of a system, and nothing of what others have. */
import { LANE_NUMBERS } from "../../core/wire/frames.ts";
import {
  channelId,
  DMA_ADDRESS,
  type Domain,
  interruptId,
  isComponent,
  MEMORY_ADDRESS,
  restartsAlone,
  type Stream,
  type System,
  tpmOf,
} from "./system.ts";

const hex = (number: number): string => `UINT64_C(0x${number.toString(16)})`;
const define = (name: string, value: string | number): string => `#define ${name} ${value}`;
const array = (type: string, name: string, rows: readonly string[]): string =>
  [`static const ${type} ${name}[] = {`, ...rows.map((row) => `    ${row},`), "};"].join("\n");

export function layoutHeader(system: System, domain: Domain): string {
  return `${[
    `/* Made by platform/sel4/layout-header.ts: what ${domain.name} has. */`,
    "#ifndef CAISSON_LAYOUT_H",
    "#define CAISSON_LAYOUT_H",
    "#include <stdbool.h>",
    '#include "stream.h"',
    ...(domain === system.monitor ? monitorLayout(system) : childLayout(system, domain)),
    "#endif",
  ].join("\n\n")}\n`;
}

/** One end of a stream. What link passes on of the host's comes as it came; all others write whole records. */
function streamRow(system: System, domain: Domain, stream: Stream): string {
  const { lane, from, to, frameBytes, bytes, written, taken } = stream;
  const channel = channelId(system, domain, domain === from ? to : from);
  const number = lane === undefined ? "LANES" : LANE_NUMBERS[lane];
  return `{${number}, ${channel}, ${from === system.link}, ${frameBytes}, ${bytes}, ${hex(written)}, ${hex(taken)}}`;
}

function monitorLayout(system: System): string[] {
  const { monitor, children, shared, ports } = system;
  const configurations = ports.find(({ into }) => into.to === monitor)!.into;
  const rows = children.map((child) => {
    const { config, configBytes, report } = shared.find(({ domain }) => domain === child)!;
    const end = isComponent(child.kind) ? `END_${child.kind.toUpperCase()}` : "ENDS";
    const channel = channelId(system, monitor, child);
    return `{"${child.name}", "${child.kind}", ${end}, ${child.instance}, ${channel}, ${restartsAlone(child)}, ${configBytes}, ${hex(config)}, ${hex(report)}}`;
  });
  return [
    define("MEMORY_ADDRESS", hex(MEMORY_ADDRESS)),
    `static const struct stream configurations = ${streamRow(system, monitor, configurations)};`,
    "/* By the numbers that the kernel names them by. */",
    "struct child {\n  const char *name, *kind;\n  uint32_t end, instance, channel;\n  bool restarts;\n  uint32_t config_bytes;\n  uint64_t config, report;\n};",
    array("struct child", "children", rows),
  ];
}

function childLayout(system: System, domain: Domain): string[] {
  const { config, report } = system.shared.find((one) => one.domain === domain)!;
  const own = [
    define("MONITOR_CHANNEL", channelId(system, domain, system.monitor)),
    define("CONFIG_ADDRESS", hex(config)),
    define("REPORT_ADDRESS", hex(report)),
  ];
  if (domain === system.link) return [...own, ...linkLayout(system)];
  const isHosts = ({ from, to }: Stream) => from === system.link || to === system.link;
  // Private ones first.
  const inOrder = [...system.streams].sort((one, other) => Number(isHosts(one)) - Number(isHosts(other)));
  const rows = (streams: readonly Stream[]) => streams.map((stream) => streamRow(system, domain, stream));
  const into = inOrder.filter(({ to }) => to === domain);
  return [
    ...own,
    ...(domain.kind === "trust" && system.trustBy === "tpm"
      ? [define("TPM_REGISTERS", hex(tpmOf(system.board).page))]
      : []),
    ...(isComponent(domain.kind) ? [define("MEMORY_ADDRESS", hex(MEMORY_ADDRESS))] : []),
    define("LONGEST_FRAME_BYTES", Math.max(...into.map(({ frameBytes }) => frameBytes))),
    array("struct stream", "ins", rows(into)),
    array("struct stream", "outs", rows(inOrder.filter(({ from }) => from === domain))),
  ];
}

function linkLayout(system: System): string[] {
  const { board, link, ports } = system;
  const row = (stream: Stream | undefined) => (stream ? streamRow(system, link, stream) : "{.written = 0}");
  return [
    "/* The serial device, at its physical address. */",
    define("VIRTIO", hex(board.serial.page)),
    define("VIRTIO_STRIDE", board.serial.stride),
    define("VIRTIO_SLOTS", board.serial.slots),
    "/* From an address of what the device reaches to the physical one. */",
    define("DEVICE_OFFSET", hex(board.shared - DMA_ADDRESS)),
    define("INTERRUPT_CHANNEL", interruptId(system, link)),
    define("SERIAL_PORTS", ports.length),
    "/* By the serial device's ports; one that goes nowhere has no address. */",
    array(
      "struct stream",
      "into",
      ports.map(({ into }) => row(into)),
    ),
    array(
      "struct stream",
      "out",
      ports.map(({ out }) => row(out)),
    ),
  ];
}
