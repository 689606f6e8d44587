//! A browser: it keeps cookies, follows redirects, and sends forms.

use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::redirect::Policy;

/// What it shows.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) address: String,
    pub(super) headers: http::HeaderMap,
    pub(super) text: String,
}

impl Page {
    /// Where a redirect leads.
    pub(super) fn leads_to(&self) -> &str {
        assert!((300..400).contains(&self.status), "{self:?}");
        self.headers["location"].to_str().expect("a text")
    }

    /// The cookies that it sets.
    pub(super) fn sets(&self) -> Vec<&str> {
        let set = self.headers.get_all("set-cookie").iter();
        set.map(|value| value.to_str().expect("a text")).collect()
    }
}

/// One person's.
pub(super) struct Browser {
    jar: Arc<Jar>,
    follows: reqwest::Client,
    stays: reqwest::Client,
}

impl Browser {
    pub(super) fn new() -> Self {
        let jar = Arc::new(Jar::default());
        let client = |policy| {
            reqwest::Client::builder()
                .cookie_provider(Arc::clone(&jar))
                .redirect(policy)
                .no_proxy()
                .build()
                .expect("a client")
        };
        Self {
            follows: client(Policy::limited(10)),
            stays: client(Policy::none()),
            jar,
        }
    }

    /// Follows redirects to their end.
    pub(super) async fn open(&self, address: &str) -> Page {
        page(self.follows.get(address)).await
    }

    /// One answer, whatever it is.
    pub(super) async fn ask(&self, address: &str) -> Page {
        page(self.stays.get(address)).await
    }

    #[cfg(feature = "judges")]
    pub(super) async fn send(&self, address: &str, form: &[(&str, &str)]) -> Page {
        page(self.follows.post(address).form(form)).await
    }

    pub(super) fn plant(&self, address: &str, cookie: &str) {
        self.jar
            .add_cookie_str(cookie, &address.parse().expect("an address"));
    }

    /// What it sends along to an address.
    pub(super) fn cookies(&self, address: &str) -> String {
        let cookies = self.jar.cookies(&address.parse().expect("an address"));
        cookies.map_or_else(String::new, |value| value.to_str().expect("a text").to_owned())
    }
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let answer = request.send().await.expect("an answer");
    Page {
        status: answer.status().as_u16(),
        address: answer.url().to_string(),
        headers: answer.headers().clone(),
        text: answer.text().await.expect("a text"),
    }
}
