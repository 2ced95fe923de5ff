//! Login with Amazon: what is stored lives for a year, and is changed for an access token of an hour before anything is asked
//! (README, access facts). The access token is kept nowhere.

use serde::Deserialize;
use sluice_domain::ports::{
    http::{HttpRequest, HttpResponse, Method},
    secrets::Secret,
};

use super::{TIMEOUT_MS, encoded};
use crate::{
    KeyExchange, PullContext, Trouble,
    pull::{quote, retry_after},
};

/// What a seller's authorisation consists of, as it is stored: client id, client secret and refresh token, with colons between
/// them, which none of them contains.
pub(in crate::amazon) struct Credentials<'a> {
    client: &'a str,
    secret: &'a str,
    refresh: &'a str,
}

impl<'a> Credentials<'a> {
    /// Reads what is stored.
    pub(in crate::amazon) fn of(token: &'a Secret) -> Result<Self, String> {
        let mut parts = token.expose().trim().splitn(3, ':');
        let (client, secret, refresh) = (parts.next(), parts.next(), parts.next());
        let fine = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        match (client.filter(fine), secret.filter(fine), refresh.filter(fine)) {
            (Some(client), Some(secret), Some(refresh)) => Ok(Self { client, secret, refresh }),
            _ => {
                Err("store as access token the app's client id, its client secret and the seller's refresh token, as \
                      `amzn1.application-oa2-client.…:amzn1.oa2-cs.v1.…:Atzr|…`"
                    .to_owned())
            }
        }
    }
}

/// How access tokens are got.
pub(super) struct LoginWithAmazon;

impl KeyExchange for LoginWithAmazon {
    fn ask(&self, context: &PullContext<'_>) -> Result<HttpRequest, String> {
        let Credentials { client, secret, refresh } = Credentials::of(context.token)?;
        let base = context.base.map_or("https://api.amazon.com", |base| base.trim_end_matches('/'));
        let form = format!(
            "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
            encoded(refresh),
            encoded(client),
            encoded(secret)
        );
        let headers = vec![
            ("content-type".into(), "application/x-www-form-urlencoded;charset=UTF-8".into()),
            ("accept".into(), "application/json".into()),
        ];
        let url = format!("{base}/auth/o2/token");
        Ok(HttpRequest { method: Method::Post, url, headers, body: form.into_bytes(), timeout_ms: TIMEOUT_MS })
    }

    fn hear(&self, answer: &HttpResponse) -> Result<Secret, Trouble> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
        }
        if answer.status != 200 {
            return Err(refused(answer));
        }
        // What came is a secret, so nothing of it is repeated.
        let granted: Granted = serde_json::from_slice(&answer.body)
            .map_err(|_| Trouble::Unreadable("no access token in the answer of the token service".into()))?;
        let fine = !granted.access_token.is_empty() && granted.access_token.bytes().all(|byte| byte.is_ascii_graphic());
        if fine {
            Ok(Secret::new(granted.access_token))
        } else {
            Err(Trouble::Unreadable("the token service gave a token that no header can carry".into()))
        }
    }
}

/// Why there is no token. Source: `errors/lwa_*` and README, token errors.
fn refused(answer: &HttpResponse) -> Trouble {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Refused {
        error: String,
    }
    let wait_ms = retry_after(answer);
    let word = serde_json::from_slice::<Refused>(&answer.body).unwrap_or_default().error;
    let fix = match (answer.status, word.as_str()) {
        (429, _) => return Trouble::Later { wait_ms, why: "the token service asks for patience".into() },
        (500..=599, _) => {
            return Trouble::Later { wait_ms, why: format!("the token service answers {}", answer.status) };
        }
        (_, "invalid_grant") => {
            "the seller's authorisation was revoked, or its year is over: authorise the app again in Seller Central and \
             store the new refresh token"
        }
        (_, "invalid_client") => {
            "Amazon does not know the client id, or the client secret was not rotated within its 180 days: store the \
             current pair"
        }
        (400 | 401 | 403, _) => {
            "Login with Amazon refuses the stored key: check client id, client secret and refresh token"
        }
        (other, word) => return Trouble::Unreadable(quote(&format!("token service, status {other} {word}"))),
    };
    Trouble::Denied { fix: fix.into() }
}
