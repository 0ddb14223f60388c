//! Where renewed tokens are kept.

use std::sync::Arc;

use web1on1::{FileTokenStore, MemoryTokenStore, TokenStore};

/// Beside the store: `<path>.tokens` for `sqlite:<path>`, and in memory for a store in memory.
pub(super) fn beside(store_url: &str) -> Arc<dyn TokenStore> {
    match store_url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Arc::new(FileTokenStore::new(format!("{path}.tokens")))
        }
        None => Arc::new(MemoryTokenStore::new()),
    }
}

#[cfg(test)]
mod tests {
    use web1on1::{Token, Tokens};

    use super::*;

    #[tokio::test]
    async fn tokens_are_kept_as_long_as_the_store_keeps_anything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shipmate.db");
        let tokens = Tokens::new(Token::new("t").unwrap());
        for url in [
            format!("sqlite:{}", path.display()),
            format!("sqlite://{}", path.display()),
        ] {
            beside(&url).save(&tokens).await.unwrap();
            let file = folder.path().join("shipmate.db.tokens");
            std::fs::remove_file(file).unwrap();
        }
        beside("memory:").save(&tokens).await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
