//! What the demonstration shop sells, and where it is sold: products, taxes, ways of shipping.

/// A product of the demonstration, as the shop and Odoo know it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DemoProduct {
    /// SKU at the channel and internal reference in Odoo.
    pub sku: &'static str,
    /// EAN-13 of the range for use within a company.
    pub barcode: &'static str,
    /// Title.
    pub title: &'static str,
    /// Price of one in minor units: EUR, USD, GBP (hundredths), JPY (whole).
    pub prices: [i64; 4],
    /// Books and food have the lower rate where there is one.
    pub reduced: bool,
    /// Weight of one in grams.
    pub grams: i64,
}

const fn goods(
    sku: &'static str,
    barcode: &'static str,
    title: &'static str,
    prices: [i64; 4],
    grams: i64,
) -> DemoProduct {
    DemoProduct { sku, barcode, title, prices, reduced: false, grams }
}

const fn reduced(product: DemoProduct) -> DemoProduct {
    DemoProduct { reduced: true, ..product }
}

/// The products of the demonstration. SKUs are prefixed so that they meet no product of a real database.
pub const PRODUCTS: &[DemoProduct] = &[
    goods("SLD-MUG-BLUE", "2000000000015", "Stoneware mug, blue", [1490, 1690, 1290, 2200], 380),
    goods("SLD-MUG-RED", "2000000000022", "Stoneware mug, red", [1490, 1690, 1290, 2200], 380),
    goods("SLD-BOWL-L", "2000000000039", "Salad bowl, large", [3495, 3899, 2995, 5400], 1150),
    goods("SLD-PLATE-27", "2000000000046", "Dinner plate, 27 cm", [1899, 2149, 1650, 2980], 720),
    goods("SLD-KNIFE-CHEF", "2000000000053", "Chef's knife, 20 cm", [8900, 9900, 7650, 13800], 260),
    goods("SLD-BOARD-OAK", "2000000000060", "Cutting board, oak", [4250, 4775, 3700, 6500], 1400),
    goods("SLD-PAN-28", "2000000000077", "Iron pan, 28 cm", [5990, 6795, 5200, 9300], 2100),
    goods("SLD-KETTLE", "2000000000084", "Kettle, 1.2 l", [7995, 8999, 6950, 12400], 980),
    goods("SLD-GRINDER", "2000000000091", "Coffee grinder, hand", [6449, 7249, 5599, 9980], 620),
    goods("SLD-FILTER-100", "2000000000107", "Paper filters, 100", [595, 679, 525, 900], 150),
    goods("SLD-APRON", "2000000000114", "Apron, linen", [3290, 3725, 2850, 5100], 310),
    goods("SLD-TOWEL-3", "2000000000121", "Tea towels, set of 3", [2190, 2449, 1899, 3400], 240),
    goods("SLD-CANDLE", "2000000000138", "Beeswax candle", [999, 1129, 875, 1560], 210),
    goods("SLD-LAMP-DESK", "2000000000145", "Desk lamp, brass", [12900, 14599, 11200, 19800], 1850),
    goods("SLD-CLOCK", "2000000000152", "Wall clock", [5425, 6149, 4725, 8450], 900),
    goods("SLD-VASE-S", "2000000000169", "Vase, small", [2375, 2689, 2075, 3700], 540),
    goods("SLD-NOTEBOOK", "2000000000176", "Notebook, dotted", [1250, 1419, 1085, 1940], 290),
    goods("SLD-PEN-GEL", "2000000000183", "Gel pen", [245, 279, 215, 380], 18),
    goods("SLD-STICKER", "2000000000190", "Sticker", [110, 125, 95, 170], 4),
    goods("SLD-TOTE", "2000000000206", "Tote bag", [1795, 2029, 1565, 2800], 160),
    reduced(goods("SLD-BOOK-BREAD", "2000000000213", "The bread book", [2950, 3339, 2575, 4600], 830)),
    reduced(goods("SLD-BOOK-SOUP", "2000000000220", "Soups of the year", [2499, 2829, 2180, 3880], 640)),
    reduced(goods("SLD-COFFEE-1KG", "2000000000237", "Coffee, whole bean, 1 kg", [2290, 2589, 1995, 3550], 1000)),
    reduced(goods("SLD-HONEY", "2000000000244", "Honey, 500 g", [895, 1009, 780, 1400], 760)),
    reduced(goods("SLD-OLIVE-OIL", "2000000000251", "Olive oil, 0.75 l", [1749, 1979, 1525, 2720], 1250)),
];

/// A tax of the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoTax {
    /// Last part of its external id: `de_19`.
    pub key: &'static str,
    /// Its name in Odoo.
    pub name: &'static str,
    /// Its title at the channel.
    pub title: &'static str,
    /// Hundredths of a per cent: 825 is 8.25 %.
    pub rate: i64,
    /// Is it contained in prices?
    pub included: bool,
}

const fn tax(key: &'static str, name: &'static str, title: &'static str, rate: i64, included: bool) -> DemoTax {
    DemoTax { key, name, title, rate, included }
}

const DE_19: DemoTax = tax("de_19", "DE VAT 19%", "DE VAT 19%", 1900, true);
const DE_7: DemoTax = tax("de_7", "DE VAT 7%", "DE VAT 7%", 700, true);
const DE_19_NET: DemoTax = tax("de_19_net", "DE VAT 19% on top", "DE VAT 19%", 1900, false);
const DE_7_NET: DemoTax = tax("de_7_net", "DE VAT 7% on top", "DE VAT 7%", 700, false);
const GB_20: DemoTax = tax("gb_20", "GB VAT 20%", "GB VAT 20%", 2000, true);
const TX: DemoTax = tax("tx_825", "Texas Sales Tax", "Texas Sales Tax", 825, false);
const STATE: DemoTax = tax("state_6", "State Tax", "State Tax", 600, false);
const COUNTY: DemoTax = tax("county_225", "County Tax", "County Tax", 225, false);
const JP_10: DemoTax = tax("jp_10", "JP Consumption Tax 10%", "JP Consumption Tax 10%", 1000, true);
/// Stated by the channel at no rate, so no tax of Odoo stands for it.
const GB_ZERO: DemoTax = tax("gb_0", "", "GB VAT 0%", 0, true);

/// The taxes that Odoo must have. A name is the channel's title wherever one can be, so that matching prefers it to a tax
/// of the same rate that the company already had.
pub const TAXES: &[DemoTax] = &[DE_19, DE_7, DE_19_NET, DE_7_NET, GB_20, TX, STATE, COUNTY, JP_10];

/// A place where the shop sells, with its currency and its taxes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Market {
    /// Consumers: EUR, 19 % and 7 % in the price.
    #[default]
    Germany,
    /// Companies: EUR, 19 % and 7 % on top.
    GermanyNet,
    /// Companies of other member states: EUR, the buyer owes the tax.
    Austria,
    /// Outside the customs union: EUR, no tax, duties.
    Switzerland,
    /// GBP, 20 % in the price, nothing on books and food.
    Britain,
    /// USD, 8.25 % on top, on shipping too.
    Texas,
    /// USD, 6 % and 2.25 % on top, not on shipping.
    Idaho,
    /// JPY, 10 % in the price.
    Japan,
}

impl Market {
    pub(super) const ALL: &'static [Self] =
        &[Self::Germany, Self::GermanyNet, Self::Britain, Self::Texas, Self::Idaho, Self::Japan];

    pub(super) fn currency(self) -> &'static str {
        match self {
            Self::Germany | Self::GermanyNet | Self::Austria | Self::Switzerland => "EUR",
            Self::Britain => "GBP",
            Self::Texas | Self::Idaho => "USD",
            Self::Japan => "JPY",
        }
    }

    pub(super) fn tax_included(self) -> bool {
        matches!(self, Self::Germany | Self::Britain | Self::Japan)
    }

    /// The price of a product here, in minor units.
    pub(super) fn price(self, product: &DemoProduct) -> i64 {
        let [eur, usd, gbp, jpy] = product.prices;
        match self {
            Self::Germany | Self::GermanyNet | Self::Austria | Self::Switzerland => eur,
            Self::Britain => gbp,
            Self::Texas | Self::Idaho => usd,
            Self::Japan => jpy,
        }
    }

    pub(super) fn taxes(self, reduced: bool) -> &'static [DemoTax] {
        match (self, reduced) {
            (Self::Germany, false) => &[DE_19],
            (Self::Germany, true) => &[DE_7],
            (Self::GermanyNet, false) => &[DE_19_NET],
            (Self::GermanyNet, true) => &[DE_7_NET],
            (Self::Austria | Self::Switzerland, _) => &[],
            (Self::Britain, false) => &[GB_20],
            (Self::Britain, true) => &[GB_ZERO],
            (Self::Texas, _) => &[TX],
            (Self::Idaho, _) => &[STATE, COUNTY],
            (Self::Japan, _) => &[JP_10],
        }
    }

    pub(super) fn shipping_taxes(self) -> &'static [DemoTax] {
        match self {
            Self::Idaho => &[],
            Self::Germany
            | Self::GermanyNet
            | Self::Austria
            | Self::Switzerland
            | Self::Britain
            | Self::Texas
            | Self::Japan => self.taxes(false),
        }
    }

    /// Title and price of the ways of shipping.
    pub(super) fn shipping(self) -> &'static [(&'static str, i64)] {
        match self {
            Self::Germany | Self::GermanyNet => &[("Standard", 490), ("Express", 1290)],
            Self::Austria => &[("Standard EU", 890)],
            Self::Switzerland => &[("International", 1900)],
            Self::Britain => &[("Royal Mail 48", 395), ("Courier", 875)],
            Self::Texas | Self::Idaho => &[("Ground", 799), ("Two day", 1850)],
            Self::Japan => &[("Takuhaibin", 880)],
        }
    }
}
