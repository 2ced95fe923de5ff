//! Draws the sales of a day: a cart is drawn again until its taxes are what its recipe wants of them.

use super::{
    Buyer, Cart, Item, Life, Line, Offer, Part, Sale, Shipping, Sums, Target, Twist,
    price::{ratio, repairs, taxes_on},
    recipes::{self, Recipe},
};
use crate::demo::{
    catalogue::{DemoProduct, Market, PRODUCTS},
    random::Random,
};

/// How often a cart is drawn again. One in three fits on the average; the rarest kind, one in sixty.
const MAX_DRAWS: usize = 20_000;
/// 2026-10-15T05:00:00Z: the shop opens.
const OPENING: i64 = 1_792_040_400;
/// Seconds between two orders, on the average.
const PACE: i64 = 720;
/// The first order of the day is #1001.
const FIRST_NUMBER: u32 = 1001;

/// The sales of a day.
pub(crate) fn sales(random: &mut Random) -> Vec<Sale> {
    let recipes = recipes::all(random);
    let mut sales = Vec::with_capacity(recipes.len());
    for (index, recipe) in recipes.into_iter().enumerate() {
        let index = u32::try_from(index).unwrap_or_default();
        sales.push(sale(recipe, index, &mut random.fork()));
    }
    sales
}

fn sale(recipe: Recipe, index: u32, random: &mut Random) -> Sale {
    let id = 6_450_982_911_000_000_000_u64
        .saturating_add(u64::from(index).saturating_mul(1_000_003_007))
        .saturating_add(random.below(1_000_000));
    let placed = OPENING.saturating_add(i64::from(index).saturating_mul(PACE)).saturating_add(random.between(0, 500));
    let payment: &[&str] = match (recipe.twists.contains(&Twist::Till), recipe.twists.contains(&Twist::GiftCardUsed)) {
        (true, _) => &["cash"],
        (false, true) => &["gift_card", "shopify_payments"],
        (false, false) => &["shopify_payments"],
    };
    let mut sale = Sale {
        id,
        number: FIRST_NUMBER.saturating_add(index),
        what: recipe.what,
        market: recipe.market,
        placed,
        cart: Cart::default(),
        edited: None,
        buyer: Buyer::draw(recipe.who, recipe.market, random),
        payment,
        twists: recipe.twists,
        life: recipe.life,
    };
    for _ in 0..MAX_DRAWS {
        let mut ids = 0_u64..;
        let mut next = || sale.own_id(ids.next().unwrap_or_default());
        let cart = cart(recipe, random, &mut next);
        let edited = recipe.life.edits().then(|| edit(&cart, recipe, random, next()));
        let fine = fits(&cart, recipe) && edited.as_ref().is_none_or(|edited| fits(edited, recipe));
        (sale.cart, sale.edited) = (cart, edited);
        if fine {
            break;
        }
    }
    sale
}

fn fits(cart: &Cart, recipe: Recipe) -> bool {
    let found = repairs(cart, recipe.market);
    let wants = |twist| recipe.twists.contains(&twist);
    let rounded = cart.rounding != 0 || !wants(Twist::CashRounding);
    found.clear
        && rounded
        && if wants(Twist::RoundsGlobally) {
            found.per_line == 0 && found.globally != 0
        } else if wants(Twist::RoundsPerLine) {
            found.per_line != 0 && found.globally == 0
        } else {
            found.same
        }
}

fn cart(recipe: Recipe, random: &mut Random, next: &mut impl FnMut() -> u64) -> Cart {
    let wants = |twist| recipe.twists.contains(&twist);
    let mut cart = Cart { lines: lines(recipe, random, next), ..Cart::default() };
    let minor = if recipe.market == Market::Japan { 1 } else { 10 };
    if !wants(Twist::Till) {
        let (title, price) = random.pick(recipe.market.shipping());
        cart.shipping = Some(Shipping { id: next(), title, price, parts: Vec::new(), taxes: Vec::new() });
    }
    discount(&mut cart, recipe, random);
    if wants(Twist::Tip) {
        cart.tip = random.between(20, 150).saturating_mul(minor);
    }
    if wants(Twist::Duty) {
        cart.duty = random.between(60, 400).saturating_mul(minor).saturating_add(random.between(1, 9));
    }
    if wants(Twist::Fee) {
        cart.fee = random.between(10, 80).saturating_mul(minor);
    }
    tax(&mut cart, recipe.market);
    if wants(Twist::CashRounding) {
        let owed = Sums::of(&cart, recipe.market.tax_included()).total;
        let nearest = ratio(owed, 1, 5).saturating_mul(5);
        cart.rounding = nearest.saturating_sub(owed);
    }
    cart
}

fn lines(recipe: Recipe, random: &mut Random, next: &mut impl FnMut() -> u64) -> Vec<Line> {
    let wants = |twist| recipe.twists.contains(&twist);
    let several = matches!(recipe.life, Life::PartShipped | Life::PartRefunded | Life::LinesChanged);
    let count = match random.below(100) {
        _ if wants(Twist::ManyLines) => 3,
        _ if several => 2,
        0..60 => 1,
        60..90 => 2,
        _ => 3,
    };
    let mut lines: Vec<Line> = Vec::new();
    while lines.len() < count {
        let product = random.pick(PRODUCTS);
        let known = lines.iter().any(|line| line.item.sku == Some(product.sku));
        if known || (wants(Twist::Reduced) && !product.reduced) {
            continue;
        }
        let quantity = if wants(Twist::RoundsPerLine) || recipe.life == Life::UnitsRemoved {
            3
        } else {
            random.pick(&[1, 1, 1, 2, 2, 3])
        };
        lines.push(line(&product, recipe.market, quantity, next()));
    }
    if let Some(first) = lines.first_mut() {
        if wants(Twist::UnknownSku) {
            first.item = Item { title: "Poster, limited edition", sku: Some("SLD-NOT-IN-ODOO"), ..first.item };
        }
        if wants(Twist::CustomLine) {
            first.item = Item { title: "Engraving", grams: 0, ..Item::default() };
        }
    }
    if wants(Twist::GiftCardSold) {
        let unit = random.pick(&[2500, 5000, 10_000]);
        let item = Item { title: "Gift card", ids: Some(ids(1_000)), gift_card: true, ..Item::default() };
        lines.push(Line { id: next(), item, unit, quantity: 1, parts: Vec::new(), taxes: Vec::new() });
    }
    lines
}

/// Ids of product and variant by the product's place in the catalogue.
fn ids(place: usize) -> (u64, u64) {
    let place = u64::try_from(place).unwrap_or_default().saturating_mul(7_919);
    (7_880_321_196_742_000_000_u64.saturating_add(place), 7_488_321_196_742_000_000_u64.saturating_add(place))
}

fn line(product: &DemoProduct, market: Market, quantity: i64, id: u64) -> Line {
    let place = PRODUCTS.iter().position(|known| known.sku == product.sku).unwrap_or_default();
    let item = Item {
        title: product.title,
        sku: Some(product.sku),
        ids: Some(ids(place)),
        gift_card: false,
        reduced: product.reduced,
        grams: product.grams,
    };
    Line { id, item, unit: market.price(product), quantity, parts: Vec::new(), taxes: Vec::new() }
}

fn discount(cart: &mut Cart, recipe: Recipe, random: &mut Random) {
    let small = if recipe.market == Market::Japan { 300 } else { 250 };
    for twist in recipe.twists {
        let (code, title, percentage, value, target) = match twist {
            Twist::PercentOff => (Some("WELCOME"), "WELCOME", true, random.pick(&[10, 15, 20]), Target::AllLines),
            Twist::AmountOff => (Some("TENOFF"), "TENOFF", false, 1000, Target::AllLines),
            Twist::LineOff => (None, "Last season", true, random.pick(&[25, 30, 50]), Target::OneLine),
            Twist::RoundsPerLine => (None, "Three together", false, random.between(100, 900), Target::OneLine),
            Twist::ShippingOff => (Some("SHIPLESS"), "SHIPLESS", false, small, Target::Shipping),
            Twist::FreeShipping => (None, "Free shipping", true, 100, Target::Shipping),
            Twist::Tip
            | Twist::TipLine
            | Twist::GiftCardSold
            | Twist::GiftCardUsed
            | Twist::Duty
            | Twist::Fee
            | Twist::CashRounding
            | Twist::UnknownSku
            | Twist::CustomLine
            | Twist::Test
            | Twist::Till
            | Twist::Redacted
            | Twist::Presentment
            | Twist::ManyLines
            | Twist::Reduced
            | Twist::RoundsGlobally => continue,
        };
        apply(cart, Offer { code, title, percentage, value, target });
    }
}

/// Spreads an offer over what it is for, by largest remainder.
fn apply(cart: &mut Cart, offer: Offer) {
    let place = i64::try_from(cart.offers.len()).unwrap_or_default();
    cart.offers.push(offer);
    let of = |base: i64| {
        let amount = if offer.percentage { ratio(base, offer.value, 100) } else { offer.value };
        amount.min(base)
    };
    match offer.target {
        Target::Shipping => {
            if let Some(shipping) = &mut cart.shipping {
                shipping.parts.push(Part { offer: place, amount: of(shipping.net()) });
            }
        }
        Target::OneLine => {
            if let Some(line) = cart.lines.first_mut() {
                line.parts.push(Part { offer: place, amount: of(line.net()) });
            }
        }
        Target::AllLines => {
            // A gift card is money: nothing is taken off it.
            let weights: Vec<i64> =
                cart.lines.iter().map(|line| if line.item.gift_card { 0 } else { line.net() }).collect();
            let whole = of(weights.iter().fold(0, |sum: i64, weight| sum.saturating_add(*weight)));
            for (line, amount) in cart.lines.iter_mut().zip(spread(whole, &weights)) {
                if amount != 0 {
                    line.parts.push(Part { offer: place, amount });
                }
            }
        }
    }
}

/// Parts in proportion to weights that add up to the whole; the largest remainders get what is left.
fn spread(whole: i64, weights: &[i64]) -> Vec<i64> {
    let total = weights.iter().fold(0, |sum: i64, weight| sum.saturating_add(*weight));
    let share = |weight: &i64| whole.saturating_mul(*weight);
    let mut parts: Vec<i64> = weights.iter().map(|weight| share(weight).checked_div(total).unwrap_or(0)).collect();
    let mut places: Vec<(i64, usize)> = weights
        .iter()
        .enumerate()
        .map(|(place, weight)| (share(weight).checked_rem(total).unwrap_or(0), place))
        .collect();
    places.sort_by_key(|(remainder, place)| (std::cmp::Reverse(*remainder), *place));
    let left = parts.iter().fold(whole, |left, part| left.saturating_sub(*part));
    for (_, place) in places.into_iter().take(usize::try_from(left).unwrap_or_default()) {
        if let Some(part) = parts.get_mut(place) {
            *part = part.saturating_add(1);
        }
    }
    parts
}

fn tax(cart: &mut Cart, market: Market) {
    for line in &mut cart.lines {
        line.tax_it(market);
    }
    if let Some(shipping) = &mut cart.shipping {
        shipping.taxes = taxes_on(shipping.net(), market.shipping_taxes());
    }
}

/// The cart after its edit; `id` is that of a line that may be new.
fn edit(cart: &Cart, recipe: Recipe, random: &mut Random, id: u64) -> Cart {
    let mut edited = cart.clone();
    if recipe.life == Life::LinesChanged {
        let gone = edited.lines.pop().and_then(|line| line.item.sku);
        let known = |sku| edited.lines.iter().any(|line| line.item.sku == Some(sku)) || gone == Some(sku);
        let products: Vec<DemoProduct> = PRODUCTS.iter().filter(|product| !known(product.sku)).copied().collect();
        edited.lines.push(line(&random.pick(&products), recipe.market, random.between(1, 2), id));
    } else if let Some(first) = edited.lines.first_mut() {
        let change = if recipe.life == Life::UnitsRemoved { -1 } else { random.between(1, 2) };
        first.quantity = first.quantity.saturating_add(change);
    }
    tax(&mut edited, recipe.market);
    edited
}
