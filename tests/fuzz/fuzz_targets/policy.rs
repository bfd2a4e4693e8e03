//! Any texts, divided by zero bytes, as a guardian's and a school's signed policies in turn: what is in force is the strictest of what was
//! accepted, and versions only rise.
#![no_main]

use lachan::policy::{Issuer, PolicyBook};
use lachan::trust::{DocumentKind, SecretKey, Signed};
use libfuzzer_sys::fuzz_target;

const PHONE: &str = "PHONE";

fuzz_target!(|input: (u32, &[u8])| {
    let (now, texts) = input;
    let now = u64::from(now);
    let Ok(texts) = std::str::from_utf8(texts) else { return };
    let key = |seed: u8| SecretKey::from_seed(&[seed; 32]).unwrap();
    let (phone, guardian, school) = (key(1).public(), key(2), key(3));
    let mut book = PolicyBook::new(phone);
    book.follow(guardian.public(), Issuer::Guardian, None).unwrap();
    book.follow(school.public(), Issuer::School, None).unwrap();
    for (number, text) in texts.split('\0').enumerate().take(6) {
        // The phone's key may stand in the text by a word that the fuzzer can write.
        let mut envelope = Signed::new(text.replace(PHONE, &phone.to_hex()));
        let signer = if number % 2 == 1 { &school } else { &guardian };
        envelope.sign(DocumentKind::Policy, signer);
        let before = book.clone();
        let highest = |book: &PolicyBook| book.signer(&signer.public()).map(|signer| signer.highest_version());
        match book.accept(&envelope, now, now) {
            Ok(accepted) => assert!(Some(accepted.version) == highest(&book) && highest(&book) > highest(&before)),
            Err(_) => assert_eq!(book, before),
        }
        let Some(rules) = book.rules(now) else { continue };
        for signer in book.signers() {
            let mut alone = book.clone();
            let others: Vec<_> =
                book.signers().iter().map(|other| other.key).filter(|key| *key != signer.key).collect();
            others.iter().for_each(|key| alone.unfollow(key));
            if let Some(one) = alone.rules(now) {
                assert!(rules.is_at_least_as_strict_as(&one));
            }
        }
        let kept = serde_json::to_string(&book).unwrap();
        assert_eq!(serde_json::from_str::<PolicyBook>(&kept).unwrap(), book);
    }
});
