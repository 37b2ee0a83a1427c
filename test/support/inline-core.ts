/** The core in this thread, on a folder: starts much faster than threads do. */
import { startInlineCore } from "../../platform/inline.ts";
import { loadModules } from "../../platform/modules.ts";
import type { StartCore } from "../../platform/runner.ts";
import { COMPONENTS } from "../../platform/topology.ts";
import { FileTrust } from "../../platform/trust/file-trust.ts";

export const startInline: StartCore = async ({ configs, trustFolder }, listener) => {
  const modules = await loadModules();
  if (trustFolder === undefined) {
    const components = COMPONENTS.filter((name) => name !== "vault");
    return startInlineCore({ modules, configs, components }, listener);
  }
  const trust = new FileTrust(trustFolder, { onFailure: (message) => listener.trouble(message) });
  return startInlineCore({ modules, configs, trust }, listener);
};
