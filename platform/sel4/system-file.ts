/** A system as Microkit's tool reads it: the manual's "System Description File". */
import { type Domain, interruptId, type Mapping, type Region, type System } from "./system.ts";

/** Above the others, so that a fault is dealt with before anything else; the others take turns. */
const PRIORITY = { monitor: 110, child: 100 };

const hex = (number: number): string => `0x${number.toString(16)}`;

export function systemFile(system: System): string {
  const { monitor, children, channels, mappings } = system;
  const regions = [...new Set(mappings.map(({ region }) => region))];
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    "<!-- Made by platform/sel4/system-file.ts of platform/topology.ts. -->",
    "<system>",
    ...regions.map(regionElement),
    `  <protection_domain name="${monitor.name}" priority="${PRIORITY.monitor}">`,
    ...contents(system, monitor).map((line) => `    ${line}`),
    ...children.flatMap((child, id) => [
      `    <protection_domain name="${child.name}" id="${id}" priority="${PRIORITY.child}">`,
      ...contents(system, child).map((line) => `      ${line}`),
      "    </protection_domain>",
    ]),
    "  </protection_domain>",
    ...channels.map(
      ({ ends, ids }) =>
        `  <channel>${ends.map((end, i) => `<end pd="${end.name}" id="${ids[i]}"/>`).join("")}</channel>`,
    ),
    "</system>",
  ].join("\n")}\n`;
}

function regionElement({ name, bytes, pageBytes, physical }: Region): string {
  const where = physical === undefined ? "" : ` phys_addr="${hex(physical)}"`;
  return `  <memory_region name="${name}" size="${hex(bytes)}" page_size="${hex(pageBytes)}"${where}/>`;
}

function contents(system: System, domain: Domain): string[] {
  const { board, link, mappings } = system;
  const id = interruptId(system, domain);
  return [
    `<program_image path="${domain.name}.elf"/>`,
    ...mappings.filter((mapping) => mapping.domain === domain).map(mapElement),
    ...(domain === link ? [`<irq irq="${board.serial.interrupt}" id="${id}" trigger="edge"/>`] : []),
  ];
}

function mapElement({ region, address, access, uncached }: Mapping): string {
  return `<map mr="${region.name}" vaddr="${hex(address)}" perms="${access}" cached="${!uncached}"/>`;
}
