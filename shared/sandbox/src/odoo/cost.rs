//! How long calls would take the measured server.

use serde_json::Value as Json;

use super::wire::call::Call;

/// What the measured Odoo 18 (two workers, two cores) takes, in milliseconds of one core, when four callers keep it busy: so
/// it does two seconds of this work in a second. A `load` of orders takes what was measured, see [`LOADS`]; the rest is fitted to
/// the throughput of architecture section 8, which the test below holds it against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Every call: HTTP, key check, environment. A small read takes "about 15 ms" (architecture section 2).
    pub call_ms: u64,
    /// A `load` with `tracking_disable` of anything but orders, on top: what is left of the `load` of one order, without its
    /// records.
    pub load_ms: u64,
    /// One record in such a `load`, or a record written otherwise. Not measured: a record of an order takes 5 ms in a `load` (one
    /// header and three lines are 20 ms), and computes more than a contact does.
    pub record_ms: u64,
    /// One order in `action_confirm`. "80 to 100 ms of CPU": 80 where four callers get 20 orders/s loaded, read and confirmed.
    pub confirm_order_ms: u64,
}

impl Costs {
    /// The measured figures.
    pub const MEASURED: Self = Self { call_ms: 15, load_ms: 55, record_ms: 4, confirm_order_ms: 80 };
}

/// Rows of an order of the measured kind.
const MEASURED_LINES: u64 = 3;
/// The measured loads of orders (architecture section 8, four callers, two cores): orders in a call, and milliseconds of the whole
/// call with the change log and without. They are 20, 51, 72, 83 orders/s with it, 22, 70, 93, 87 without. Between these sizes the
/// time is taken to grow evenly, and beyond them as between the last two; 500 lines then take the 3.8 s that were measured.
const LOADS: [(u64, u64, u64); 4] = [(1, 100, 91), (10, 392, 286), (50, 1_389, 1_075), (100, 2_410, 2_299)];

/// What the measured server takes for a call.
pub(super) fn cost(costs: Costs, call: Option<&Call>) -> u64 {
    let Some(call) = call else { return costs.call_ms };
    let ids = count(call.args.first().or_else(|| call.named.get("ids")));
    let work = match &*call.method {
        "load" => load_cost(costs, call),
        "action_confirm" => ids.saturating_mul(costs.confirm_order_ms),
        "write" | "create" | "unlink" | "action_cancel" | "button_validate" => ids.saturating_mul(costs.record_ms),
        _ => 0,
    };
    costs.call_ms.saturating_add(work)
}

/// Of a `load`, on top of what every call takes.
fn load_cost(costs: Costs, call: &Call) -> u64 {
    let fields = call.args.first().or_else(|| call.named.get("fields")).and_then(Json::as_array);
    let is_line = |field: &Json| field.as_str().is_some_and(|name| name.starts_with("order_line/"));
    let rows = count(call.args.get(1).or_else(|| call.named.get("data")));
    let tracked = call.context.get("tracking_disable") != Some(&Json::Bool(true));
    if fields.is_some_and(|fields| fields.iter().any(is_line)) {
        return orders_cost(costs, rows, tracked).saturating_sub(costs.call_ms);
    }
    let whole = costs.load_ms.saturating_add(rows.saturating_mul(costs.record_ms));
    // The change log: 51 and 72 orders/s with it, 70 and 93 without.
    if tracked { whole.saturating_mul(5).checked_div(4).unwrap_or(whole) } else { whole }
}

/// The whole call of a `load` of orders with so many rows: on the line through the measured points beside it.
fn orders_cost(costs: Costs, rows: u64, tracked: bool) -> u64 {
    let point = |(orders, tracked_ms, untracked_ms): (u64, u64, u64)| {
        (orders.saturating_mul(MEASURED_LINES), if tracked { tracked_ms } else { untracked_ms })
    };
    let mut below = (0, costs.call_ms.saturating_add(costs.load_ms));
    let mut above = below;
    for measured in LOADS {
        (below, above) = (above, point(measured));
        if rows <= above.0 {
            break;
        }
    }
    let more = rows.saturating_sub(below.0).saturating_mul(above.1.saturating_sub(below.1));
    below.1.saturating_add(more.checked_div(above.0.saturating_sub(below.0)).unwrap_or(0))
}

fn count(json: Option<&Json>) -> u64 {
    let many = json.and_then(Json::as_array).map_or(1, Vec::len);
    u64::try_from(many).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "sums of small numbers read best with operators")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::odoo::wire::call::Style;

    /// What the measured server does in a second: its two cores.
    const TWO_CORES_MS: u64 = 2_000;

    fn load(orders: u64, tracked: bool) -> u64 {
        let rows: Vec<Json> = (0..orders * MEASURED_LINES).map(|row| json!([row, row])).collect();
        let args = vec![json!(["id", "order_line/id"]), json!(rows)];
        let context = json!({ "context": { "tracking_disable": !tracked } }).as_object().unwrap().clone();
        cost(Costs::MEASURED, Some(&Call::new("sale.order", "load", Style::Positional, (args, context))))
    }

    fn on(method: &str, ids: u64) -> u64 {
        let args = vec![json!((0..ids).collect::<Vec<u64>>())];
        cost(Costs::MEASURED, Some(&Call::new("sale.order", method, Style::Positional, (args, serde_json::Map::new()))))
    }

    /// Does the model agree with what was measured, to so many per cent?
    #[track_caller]
    fn check((orders, call_ms): (u64, u64), orders_a_second: u64, per_cent: u64) {
        let model = TWO_CORES_MS * orders * 100 / call_ms;
        let measured = orders_a_second * 100;
        assert!(
            model.abs_diff(measured) * 100 <= measured * per_cent,
            "{orders} orders: {model} and not {measured} in 100 s"
        );
    }

    #[test]
    fn the_costs_give_the_throughput_that_four_callers_measured() {
        for (orders, tracked, untracked) in [(1, 20, 22), (10, 51, 70), (50, 72, 93), (100, 83, 87)] {
            check((orders, load(orders, true)), tracked, 1);
            check((orders, load(orders, false)), untracked, 1);
        }
    }

    #[test]
    fn between_and_beyond_the_measured_sizes_the_cost_grows_evenly() {
        assert_eq!(load(30, false), u64::midpoint(load(10, false), load(50, false)));
        assert!(load(0, false) < load(1, false) && load(1, true) > load(1, false));
        // "500 lines: load 3.8 s"
        assert!(orders_cost(Costs::MEASURED, 500, false).abs_diff(3_800) < 200);
    }

    #[test]
    fn loaded_read_and_confirmed_by_fifty_as_four_callers_measured() {
        check((50, load(50, false) + 2 * on("search_read", 1) + on("action_confirm", 50)), 20, 5);
    }

    #[test]
    fn a_header_alone_is_one_record() {
        let args = vec![json!(["id", "date_order"]), json!([["a", "b"], ["c", "d"]])];
        let context = json!({ "context": { "tracking_disable": true } }).as_object().unwrap().clone();
        let call = Call::new("sale.order", "load", Style::Positional, (args, context));
        let Costs { call_ms, load_ms, record_ms, .. } = Costs::MEASURED;
        assert_eq!(cost(Costs::MEASURED, Some(&call)), call_ms + load_ms + 2 * record_ms);
    }
}
