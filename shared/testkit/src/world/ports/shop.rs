//! Shops in process, with trouble on the way.

use jiff::SignedDuration;
use sluice_domain::ports::http::{HttpError, HttpRequest, HttpResponse};
use sluice_sandbox::shopify::ShopTrouble;

use super::http::FaultyHttp;
use crate::world::{
    engine::Shop,
    fault::{Strike, Trouble},
    kernel::later,
    setup::ODOO_HOST,
};

fn host(request: &HttpRequest) -> &str {
    let rest = request.url.split_once("://").map_or("", |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// Does it go to a shop?
pub(super) fn is_shop(request: &HttpRequest) -> bool {
    host(request) != ODOO_HOST
}

/// `shop.SluiceChanged`: the name of the operation.
pub(super) fn operation(request: &HttpRequest) -> String {
    let body = String::from_utf8_lossy(&request.body);
    let named =
        ["query Sluice", "mutation Sluice"].iter().find_map(|word| body.split_once(word)).map_or("", |(_, rest)| rest);
    let name: String = named.chars().take_while(char::is_ascii_alphanumeric).collect();
    if name.is_empty() { format!("shop.{}", host(request)) } else { format!("shop.Sluice{name}") }
}

impl FaultyHttp {
    /// Asks the shop whose address it is.
    pub(super) async fn ask_shop(&self, request: &HttpRequest, strike: Strike) -> Result<HttpResponse, HttpError> {
        let trouble = if let Strike::Http(trouble) = strike { Some(trouble) } else { None };
        let took = SignedDuration::from_millis(self.kernel.dice(|dice| dice.between(40, 900)));
        if trouble == Some(Trouble::Refused) {
            return Err(HttpError::NotSent("simulated".into()));
        }
        let now = self.kernel.now();
        let answered = (trouble != Some(Trouble::Dropped)).then(|| {
            let mut shops = self.shops.lock().expect("a world is one thread");
            let met = trouble.and_then(met);
            shops.iter_mut().find_map(|shop| match shop {
                Shop::Shopify(shop) if shop.config().account.shop_domain.as_deref() == Some(host(request)) => {
                    shop.trouble(met.clone());
                    Some(shop.handle(request, now))
                }
                Shop::Seller(seller) if seller.serves(host(request)) => Some(seller.handle(request, met.as_ref(), now)),
                Shop::Shopify(_) | Shop::Seller(_) | Shop::Sender => None,
            })
        });
        self.kernel.wait(later(now, took)).await;
        match (answered, trouble) {
            (None, _) | (_, Some(Trouble::Lost | Trouble::Late | Trouble::Slow)) => {
                Err(HttpError::NoAnswer("simulated".into()))
            }
            (Some(None), _) => Err(HttpError::NotSent("no such shop".into())),
            (Some(Some(response)), _) => Ok(response),
        }
    }
}

/// What the shop itself does about it.
fn met(trouble: Trouble) -> Option<ShopTrouble> {
    match trouble {
        Trouble::TooMany => Some(ShopTrouble::Status(429, Some(3))),
        Trouble::Unavailable => Some(ShopTrouble::Status(503, None)),
        Trouble::BadGateway => Some(ShopTrouble::Status(502, None)),
        Trouble::Serialization | Trouble::Deadlock => Some(ShopTrouble::Internal),
        Trouble::Retried => Some(ShopTrouble::Drained),
        Trouble::Lost | Trouble::Dropped | Trouble::Late | Trouble::Refused | Trouble::Slow => None,
    }
}
