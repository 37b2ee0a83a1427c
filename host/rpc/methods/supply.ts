/** What there is of a coin (iotaledger/iota crates/iota-json-rpc/src/coin_api.rs). */
import * as v from "valibot";
import { IOTA_TYPE } from "../../format/object.ts";
import { type Method, method, required } from "../method.ts";
import { invalidInput } from "../rpc-error.ts";
import { coinStructTag } from "../schemas.ts";
import { u64Json } from "../views/refs.ts";
import { totalSupply } from "../views/system-state.ts";
import { moveTypeText } from "../views/types.ts";

const coin_type = required(v.string(), "T of Coin<T>");

/**
 * What upstream's genesis registers (crates/iota-framework/packages/iota-framework/sources/iota.move). This chain has no object for it,
 * hence no id.
 */
const IOTA_METADATA = {
  decimals: 9,
  name: "IOTA",
  symbol: "IOTA",
  description: "The main (gas)token of the IOTA Network.",
  iconUrl: "https://iota.org/logo.png",
  id: null,
};

const getCoinMetadata = method({
  name: "iotax_getCoinMetadata",
  tag: "Coin Query API",
  description: "Return the name, symbol and decimals of a coin type.",
  params: { coin_type },
  result: { name: "Option<IotaCoinMetadata>", description: "IOTA's metadata; null for other types" },
  handle: (_, params) => (coinStructTag(params.coin_type).text === IOTA_TYPE ? IOTA_METADATA : null),
});

const getTotalSupply = method({
  name: "iotax_getTotalSupply",
  tag: "Coin Query API",
  description: "Return how much there is of a coin type: of IOTA, what genesis minted.",
  params: { coin_type },
  result: { name: "Supply", description: "NANOS as a decimal string" },
  handle: ({ node }, params) => {
    const { text, address } = coinStructTag(params.coin_type);
    if (text === IOTA_TYPE) return { value: String(totalSupply(node.genesis)) };
    const type = moveTypeText(text);
    throw invalidInput(
      `Cannot find object [0x2::coin::TreasuryCap<${type}>] or [0x2::coin_manager::CoinManager<${type}>] from [${address}] package event.`,
    );
  },
});

const getCirculatingSupply = method({
  name: "iotax_getCirculatingSupply",
  tag: "Coin Query API",
  description: "Return how much IOTA can move. Only mainnet locks any, so it is all there is.",
  params: {},
  result: { name: "IotaCirculatingSupply", description: "NANOS, their share of the total supply, and the checkpoint" },
  handle: ({ node: { genesis, store } }) => ({
    value: u64Json(totalSupply(genesis)),
    circulatingSupplyPercentage: 1,
    atCheckpoint: u64Json(store.certifiedCheckpoint() ?? 0n),
  }),
});

export const supplyMethods: readonly Method[] = [getCoinMetadata, getTotalSupply, getCirculatingSupply];
