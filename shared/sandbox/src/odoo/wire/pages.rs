//! The HTML that Odoo, or a proxy in front of it, answers. Recorded texts.

use sluice_domain::ports::http::HttpResponse;

/// Exchange 223, 225.
pub(crate) const NOT_FOUND: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";
/// Exchange 221, 222.
pub(crate) const NOT_JSON_TYPE: &str = "<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/jsonrpc&#39; is type=&#39;json&#39;.</p>\n";
/// Exchange 333, 334.
pub(crate) const NO_DATABASE: &str = "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n\n<!-- Alternatively, use the X-Odoo-Database header. -->\n";
/// Exchange 347.
pub(crate) const UNSUPPORTED_TYPE: &str = "<!doctype html>\n<html lang=en>\n<title>415 Unsupported Media Type</title>\n<h1>Unsupported Media Type</h1>\n<p>Request inferred type is compatible with [&#39;http&#39;] but &#39;/json/2/&lt;__model__&gt;/&lt;__method__&gt;&#39; is type=&#39;json2&#39;.<br><br>Please verify the Content-Type request header and try again.</p>\n";
/// What nginx answers when the server behind it does not; not recorded.
const BAD_GATEWAY: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
/// As above.
const UNAVAILABLE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
/// As above.
const TOO_MANY: &str = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// An HTML answer.
pub(crate) fn html(status: u16, text: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        body: text.as_bytes().to_vec(),
    }
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &serde_json::Value) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), "application/json; charset=utf-8".into())],
        body: body.to_string().into_bytes(),
    }
}

/// 502 of a proxy.
pub(crate) fn bad_gateway() -> HttpResponse {
    html(502, BAD_GATEWAY)
}

/// 503 of a proxy.
pub(crate) fn unavailable() -> HttpResponse {
    html(503, UNAVAILABLE)
}

/// 429 of a proxy.
pub(crate) fn too_many_requests(retry_after_s: u32) -> HttpResponse {
    let mut response = html(429, TOO_MANY);
    response.headers.push(("retry-after".into(), retry_after_s.to_string()));
    response
}
