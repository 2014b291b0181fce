// SPDX-License-Identifier: EUPL-1.2
//! A small browser: cookies, redirects and forms, all of it in sight.

use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Method, RequestBuilder, Url};
use sluis_tests::world::World;

/// A browser of one person.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    pub(crate) cookies: Vec<Cookie>,
    /// What it sends as `Accept-Language`.
    pub(crate) language: &'static str,
}

/// A cookie as it was set.
#[derive(Clone, Debug)]
pub(crate) struct Cookie {
    host: String,
    path: String,
    pub(crate) name: String,
    pub(crate) value: String,
    /// The whole header.
    pub(crate) header: String,
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Page {
    /// The value of a header that is there once.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let value = found.next();
        assert!(found.next().is_none(), "{name} is there twice");
        value.map(|(_, value)| value.as_str())
    }

    /// Where it sends the browser.
    fn leads_to(&self) -> Option<Url> {
        (300..400).contains(&self.status).then(|| self.url.join(self.header("location").unwrap()).unwrap())
    }

    /// The text between two others.
    pub(crate) fn between(&self, before: &str, after: &str) -> Option<&str> {
        self.body.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(found, _)| found)
    }
}

impl Browser {
    pub(crate) fn new(world: &World) -> Self {
        let client = Client::builder()
            .tls_certs_only([Certificate::from_pem(world.pki.ca_pem().as_bytes()).unwrap()])
            .redirect(Policy::none())
            .no_proxy()
            .build();
        Self { client: client.unwrap(), cookies: Vec::new(), language: "nl" }
    }

    /// Asks for a page, and takes no redirect.
    pub(crate) async fn ask(&mut self, url: &str) -> Page {
        let url: Url = url.parse().unwrap();
        self.send(Method::GET, url, |request| request).await
    }

    /// Asks for a page and goes where it leads, until it leads to an address that begins with `until`, which is not asked.
    pub(crate) async fn follow(&mut self, url: &str, until: &str) -> Result<Page, Url> {
        let mut page = self.ask(url).await;
        for _ in 0..20 {
            let Some(next) = page.leads_to() else { return Ok(page) };
            if next.as_str().starts_with(until) {
                return Err(next);
            }
            page = self.ask(next.as_str()).await;
        }
        panic!("redirected for ever: {}", page.url);
    }

    /// Sends a form.
    pub(crate) async fn submit(&mut self, url: &str, fields: &[(&str, &str)]) -> Page {
        let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let body = pairs.join("&");
        let form =
            |request: RequestBuilder| request.header("content-type", "application/x-www-form-urlencoded").body(body);
        self.send(Method::POST, url.parse().unwrap(), form).await
    }

    /// From the provider's first page to the address that it sends this person back to.
    pub(crate) async fn through_provider(&mut self, url: &str, person: &str, back: &str) -> Url {
        let mut reached = self.follow(url, back).await;
        for fields in [&[("prompt", "login"), ("login", person), ("password", "x")][..], &[("prompt", "consent")]] {
            let page = match reached {
                Err(back) => return back,
                Ok(page) => page,
            };
            assert_eq!(page.status, 200, "{}: {}", page.url, page.body);
            let sent = self.submit(page.url.as_str(), fields).await;
            reached = match sent.leads_to() {
                Some(next) if next.as_str().starts_with(back) => return next,
                Some(next) => self.follow(next.as_str(), back).await,
                None => Ok(sent),
            };
        }
        match reached {
            Err(back) => back,
            Ok(page) => panic!("the provider shows {}: {} {}", page.url, page.status, page.body),
        }
    }

    /// The cookie of this name at a host.
    pub(crate) fn cookie(&self, name: &str) -> Option<&Cookie> {
        self.cookies.iter().find(|cookie| cookie.name == name)
    }

    async fn send(&mut self, method: Method, url: Url, add: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Page {
        let host = format!("{}:{}", url.host_str().unwrap(), url.port_or_known_default().unwrap());
        let fits = |cookie: &&Cookie| cookie.host == host && url.path().starts_with(&cookie.path);
        let sent: Vec<String> =
            self.cookies.iter().filter(fits).map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        let mut request = self.client.request(method, url.clone()).header("accept-language", self.language);
        if !sent.is_empty() {
            request = request.header("cookie", sent.join("; "));
        }
        let answer = add(request).send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        for header in headers.get_all("set-cookie") {
            self.keep(&host, text(header));
        }
        let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Page { url, status, headers, body: answer.text().await.unwrap() }
    }

    fn keep(&mut self, host: &str, header: String) {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next().unwrap().split_once('=').unwrap();
        let (name, value) = (name.to_owned(), value.to_owned());
        let path = |part: &str| part.get(..5)?.eq_ignore_ascii_case("path=").then(|| part[5..].to_owned());
        let path = parts.find_map(path).unwrap_or_else(|| "/".to_owned());
        self.cookies.retain(|cookie| !(cookie.host == host && cookie.name == name && cookie.path == path));
        if !value.is_empty() {
            self.cookies.push(Cookie { host: host.to_owned(), path, name, value, header });
        }
    }
}
