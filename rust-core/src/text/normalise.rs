//! From what was typed to what was meant: one spelling for every way of writing the same Vietnamese message.
//!
//! ```
//! use lachan::text::normalise;
//! assert_eq!(normalise("Đừng n.ó.i vs ai nhaaa").text(), "đừng nói với ai nha");
//! ```
//!
//! Two passes. The first turns characters into tokens: compatibility forms, case, invisible characters and look-alike
//! letters go, every token remembers the bytes it came from. The second rewrites tokens until nothing changes: hidden
//! words are joined, leet and stretched letters undone where a syllable results, chat spellings and dialects brought to
//! one form, numbers turned into classes. The whole is idempotent.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::lexicon::{self, Tag};
use super::{syllable, work};

/// Longest message that is read whole, in bytes. Of a longer one the beginning and the end are read: an essay pasted
/// in front must not hide what follows it.
pub const MAX_MESSAGE_BYTES: usize = 16 << 10;

/// Rounds of the second pass. Two suffice for everything seen; the bound is for what was not.
const MAX_ROUNDS: usize = 6;

/// Longest chain of letters that is searched for hidden words.
const MAX_JOINED_LETTERS: usize = 32;

/// Letters of the longest word that is found hidden: nine in `instagram`, seven in the longest syllable.
const LONGEST_WORD: usize = 9;

/// A word, number or sign, and the bytes of the message it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
    span: Range<usize>,
}

impl Token {
    /// The normalised form. Classes are written in angle brackets, such as `<money>`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte range in the original message.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Whether the token is a class or a sign rather than a word.
    pub fn is_class(&self) -> bool {
        self.text.starts_with(['<', '?', '!'])
    }
}

/// A message in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    tokens: Vec<Token>,
    plain: Vec<Token>,
    truncated: bool,
}

impl Normalised {
    /// The tokens, in order.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The tokens before words were rewritten: case, width, invisible and look-alike characters already undone.
    pub(crate) fn plain_tokens(&self) -> &[Token] {
        &self.plain
    }

    /// The tokens with single spaces between them.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for token in &self.tokens {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(&token.text);
        }
        out
    }

    /// Whether the middle of the message was left out because it is longer than [`MAX_MESSAGE_BYTES`].
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }
}

/// Brings a message to its normal form. Time and memory are bounded by [`MAX_MESSAGE_BYTES`].
pub fn normalise(message: &str) -> Normalised {
    let (parts, truncated) = bounded(message);
    let mut plain = Vec::new();
    for part in parts {
        tokenise(&clean(&message[part.clone()], part.start), &mut plain);
    }
    let mut tokens = plain.clone();
    for _ in 0..MAX_ROUNDS {
        let next = rewrite(&tokens);
        let settled = next.len() == tokens.len() && next.iter().zip(&tokens).all(|(a, b)| a.text == b.text);
        tokens = next;
        if settled {
            break;
        }
    }
    Normalised { tokens, plain, truncated }
}

/// The byte ranges that are read: everything, or the first three quarters and the last quarter of the bound.
fn bounded(message: &str) -> (Vec<Range<usize>>, bool) {
    if message.len() <= MAX_MESSAGE_BYTES {
        return (std::iter::once(0..message.len()).collect(), false);
    }
    let head = message.floor_char_boundary(MAX_MESSAGE_BYTES / 4 * 3);
    let tail = message.ceil_char_boundary(message.len() - MAX_MESSAGE_BYTES / 4);
    (vec![0..head, tail..message.len()], true)
}

/// A character in normal form and the bytes it came from.
#[derive(Debug, Clone, Copy)]
struct Letter {
    c: char,
    start: usize,
    end: usize,
}

/// First pass, first half: characters.
fn clean(text: &str, offset: usize) -> Vec<Letter> {
    let mut out: Vec<Letter> = Vec::with_capacity(text.len());
    for (at, original) in text.char_indices() {
        let (start, end) = (offset + at, offset + at + original.len_utf8());
        if original.is_ascii() {
            out.push(Letter { c: original.to_ascii_lowercase(), start, end });
            continue;
        }
        if lexicon::is_filler(original) {
            out.push(Letter { c: ' ', start, end });
            continue;
        }
        for lower in original.to_lowercase() {
            if syllable::is_vietnamese_letter(lower) {
                out.push(Letter { c: lower, start, end });
            } else {
                for c in std::iter::once(lower).nfkd().flat_map(char::to_lowercase) {
                    add(&mut out, Letter { c, start, end });
                }
            }
        }
    }
    typed_marks(out)
}

/// Diacritics typed as signs after their letter (`đ0^?i`, `l4'm`), as VIQR (RFC 1456) has them. Only after `^` or
/// a digit in place of a vowel: anywhere else the same signs are punctuation.
fn typed_marks(letters: Vec<Letter>) -> Vec<Letter> {
    const CIRCUMFLEX: char = '\u{302}';
    let vowel_of = |c: char| match c {
        '0' => 'o',
        '3' => 'e',
        '4' => 'a',
        c => c,
    };
    let mut out: Vec<Letter> = Vec::with_capacity(letters.len());
    let mut shaped = false;
    for (i, letter) in letters.iter().enumerate() {
        let before = out.len().checked_sub(2).and_then(|p| out.get(p)).is_some_and(|l| l.c.is_alphabetic());
        let after = letters.get(i + 1).is_some_and(|l| l.c.is_alphabetic());
        let Some(last) = out.last_mut() else {
            out.push(*letter);
            continue;
        };
        let is_digit = last.c.is_ascii_digit();
        let tone = match letter.c {
            '\'' => Some('\u{301}'),
            '`' => Some('\u{300}'),
            '~' => Some('\u{303}'),
            '?' if after => Some('\u{309}'),
            '.' if after => Some('\u{323}'),
            _ => None,
        };
        let mark = match letter.c {
            '^' => Some(CIRCUMFLEX).filter(|_| !is_digit || before),
            '\'' | '`' | '~' if is_digit && before => tone,
            _ if shaped => tone,
            _ => None,
        };
        let joined = mark.and_then(|mark| lexicon::add_mark(vowel_of(last.c), mark));
        shaped = joined.is_some() && letter.c == '^';
        if let Some(joined) = joined {
            last.c = joined;
            last.end = letter.end;
        } else {
            out.push(*letter);
        }
    }
    out
}

/// Adds a decomposed character: a mark joins the letter before it or is dropped, which also ends stacked marks.
fn add(out: &mut Vec<Letter>, letter: Letter) {
    if lexicon::is_invisible(letter.c) {
        return;
    }
    if unicode_normalization::char::is_combining_mark(letter.c) {
        // What is highlighted ends behind the mark, also where no letter takes it up.
        if let Some(last) = out.last_mut() {
            last.c = lexicon::add_mark(last.c, letter.c).unwrap_or(last.c);
            last.end = letter.end;
        }
        return;
    }
    let c = lexicon::look_alike(letter.c).unwrap_or(letter.c);
    out.push(Letter { c, ..letter });
}

/// First pass, second half: tokens.
fn tokenise(letters: &[Letter], out: &mut Vec<Token>) {
    let mut at = 0;
    while at < letters.len() {
        let c = letters[at].c;
        at = if c.is_whitespace() {
            at + 1
        } else {
            placeholder(letters, at, out)
                .or_else(|| address(letters, at, out))
                .or_else(|| emoticon(letters, at, out))
                .or_else(|| word(letters, at, out))
                .unwrap_or_else(|| sign(letters, at, out))
        };
    }
}

fn push(out: &mut Vec<Token>, text: impl Into<String>, letters: &[Letter]) {
    if let (Some(first), Some(last)) = (letters.first(), letters.last()) {
        out.push(Token { text: text.into(), span: first.start..last.end });
    }
}

/// `<ảnh>`, `[hình]`, and the classes that this normaliser writes itself.
fn placeholder(letters: &[Letter], at: usize, out: &mut Vec<Token>) -> Option<usize> {
    const LONGEST: usize = 26;
    let close = match letters[at].c {
        '<' => '>',
        '[' => ']',
        '(' => ')',
        _ => return None,
    };
    let end = (at + 2..letters.len().min(at + LONGEST)).find(|&i| letters[i].c == close)?;
    let name: String = letters[at + 1..end].iter().map(|l| l.c).collect();
    let tag = Tag::of_placeholder(name.trim())?;
    push(out, tag.text(), &letters[at..=end]);
    Some(end + 1)
}

/// A web or e-mail address: a run without spaces that is one by its form. The service it names is kept as a word.
fn address(letters: &[Letter], at: usize, out: &mut Vec<Token>) -> Option<usize> {
    const LONGEST: usize = 300;
    let c = letters[at].c;
    if !c.is_ascii_alphanumeric() || at > 0 && letters[at - 1].c.is_alphanumeric() {
        return None;
    }
    let end = (at..letters.len().min(at + LONGEST)).find(|&i| letters[i].c.is_whitespace()).unwrap_or(letters.len());
    let end = end.min(at + LONGEST);
    let run: String = letters[at..end].iter().map(|l| l.c).collect();
    if !run.contains('.') && !run.contains("://") {
        return None;
    }
    let (end, (tag, host)) = match lexicon::address(&run) {
        Some(found) => (end, found),
        // `an@mail.vn,binh@mail.vn`, `an@mail.vn/matkhau`: an e-mail address ends where no host goes on.
        None => {
            let sign = letters[at..end].iter().position(|l| l.c == '@')?;
            let host = letters[at + sign + 1..end].iter().take_while(|l| lexicon::is_part_of_host(l.c)).count();
            let end = at + sign + 1 + host;
            (end, lexicon::address(&letters[at..end].iter().map(|l| l.c).collect::<String>())?)
        }
    };
    if let Some(service) = host {
        push(out, service, &letters[at..end]);
    }
    push(out, tag.text(), &letters[at..end]);
    Some(end)
}

/// `:)))`, `=))`, `:v`, `:((` and bare brackets.
fn emoticon(letters: &[Letter], at: usize, out: &mut Vec<Token>) -> Option<usize> {
    let c_at = |i: usize| letters.get(i).map(|l| l.c);
    let run_of = |i: usize, c: char| letters[i.min(letters.len())..].iter().take_while(|l| l.c == c).count();
    let c = c_at(at)?;
    let (tag, end) = match c {
        ':' | '=' | ';' => {
            let mouth = at + 1 + usize::from(matches!(c_at(at + 1), Some('-' | '\'')));
            match c_at(mouth)? {
                ')' => (Tag::Laugh, mouth + run_of(mouth, ')')),
                ']' => (Tag::Laugh, mouth + run_of(mouth, ']')),
                '(' => (Tag::Sad, mouth + run_of(mouth, '(')),
                m @ ('v' | '3' | 'd' | 'p') if !c_at(mouth + run_of(mouth, m)).is_some_and(char::is_alphanumeric) => {
                    (Tag::Laugh, mouth + run_of(mouth, m))
                }
                _ => return None,
            }
        }
        ')' if run_of(at, ')') > 1 => (Tag::Laugh, at + run_of(at, ')')),
        '(' if run_of(at, '(') > 1 => (Tag::Sad, at + run_of(at, '(')),
        '^' if matches!(c_at(at + 1), Some('^' | '_')) => (Tag::Laugh, at + 1 + run_of(at + 1, '^').max(1)),
        _ => return None,
    };
    push(out, tag.text(), &letters[at..end.min(letters.len())]);
    Some(end.min(letters.len()))
}

/// A run of letters and digits, or several held together by separators: `h.i.ế.p`, `bí-mật`, `500.000đ`, `21:30`.
fn word(letters: &[Letter], at: usize, out: &mut Vec<Token>) -> Option<usize> {
    let is_part = |i: usize| letters.get(i).is_some_and(|l| l.c.is_alphanumeric());
    let leet_sign = |i: usize| {
        letters.get(i).is_some_and(|l| matches!(l.c, '@' | '$' | '€'))
            && (is_part(i + 1) && letters[i + 1].c.is_alphabetic() || i > at && is_part(i - 1))
    };
    if !is_part(at) && !leet_sign(at) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut start = at;
    let mut i = at;
    loop {
        while is_part(i) || leet_sign(i) {
            i += 1;
        }
        pieces.push(start..i);
        let gap = letters[i..].iter().take(2).take_while(|l| lexicon::is_separator(l.c)).count();
        if gap == 0 || !is_part(i + gap) || pieces.len() > MAX_JOINED_LETTERS {
            break;
        }
        start = i + gap;
        i = start;
    }
    let text_of = |r: &Range<usize>| letters[r.clone()].iter().map(|l| l.c).collect::<String>();
    if let [only] = pieces.as_slice() {
        push(out, text_of(only), &letters[only.clone()]);
        return Some(i);
    }
    let texts: Vec<String> = pieces.iter().map(text_of).collect();
    let digits = |t: &String| t.bytes().all(|b| b.is_ascii_digit());
    let mut hiding = None;
    let mut p = 0;
    while p < pieces.len() {
        // Numbers with separators inside stay whole: 500.000đ, 21:30, 20/11.
        if digits(&texts[p]) {
            let mut q = p;
            while q + 1 < pieces.len()
                && texts[q + 1].starts_with(|c: char| c.is_ascii_digit())
                && digits(&texts[q])
                && pieces[q + 1].start == pieces[q].end + 1
                && matches!(letters[pieces[q].end].c, '.' | ',' | ':' | '/')
            {
                q += 1;
            }
            let whole = pieces[p].start..pieces[q].end;
            push(out, text_of(&whole), &letters[whole]);
            p = q + 1;
            continue;
        }
        let hidden = hiding.get_or_insert_with(|| Hiding::new(&texts)).longest_from(p);
        if let Some((q, words)) = hidden {
            let chain: Vec<Letter> = pieces[p..=q].iter().flat_map(|r| letters[r.clone()].iter().copied()).collect();
            let mut from = 0;
            for w in words {
                let to = (from + w.chars().count()).min(chain.len());
                push(out, w, &chain[from..to]);
                from = to;
            }
            p = q + 1;
        } else {
            push(out, texts[p].clone(), &letters[pieces[p].clone()]);
            p += 1;
        }
    }
    Some(i)
}

/// Pieces of one word, in which others may be hidden.
struct Hiding<'a> {
    pieces: &'a [String],
    /// Where the letters of each piece begin.
    starts: Vec<usize>,
    /// Whether a piece by itself is no word, so that something must be hidden.
    odd: Vec<bool>,
    parts: Parts,
}

impl<'a> Hiding<'a> {
    fn new(pieces: &'a [String]) -> Self {
        let mut starts = Vec::with_capacity(pieces.len());
        let mut letters: Vec<char> = Vec::new();
        for piece in pieces {
            starts.push(letters.len());
            letters.extend(piece.chars());
        }
        let odd = pieces.iter().map(|t| !lexicon::is_known(t) || t.chars().count() == 1).collect();
        Self { pieces, starts, odd, parts: Parts::new(letters) }
    }

    fn end(&self, piece: usize) -> usize {
        self.starts.get(piece + 1).copied().unwrap_or(self.parts.letters.len())
    }

    /// The longest chain of pieces from this one on that hides one or more words: its last piece, and the words.
    fn longest_from(&mut self, first: usize) -> Option<(usize, Vec<String>)> {
        let start = self.starts[first];
        let plain = |t: &String| t.chars().all(|c| c.is_alphabetic() || c.is_ascii_digit());
        let fits = |q: &usize| plain(&self.pieces[*q]) && self.end(*q) - start <= MAX_JOINED_LETTERS;
        let last = (first..self.pieces.len()).take_while(fits).last()?;
        let splits = self.parts.splits(start..self.end(last));
        (first + 1..=last).rev().find_map(|q| {
            let chain: String = self.parts.letters[start..self.end(q)].iter().collect();
            let length = self.end(q) - start;
            let short = length <= LONGEST_WORD;
            let odd = self.odd[first..=q].contains(&true) || short && syllable::is_syllable(&chain);
            if !odd {
                return None;
            }
            // Leet is undone where one word results.
            if short
                && chain.bytes().any(|b| b.is_ascii_digit())
                && let Some(word) = lexicon::undo_leet(&chain)
            {
                return Some((q, vec![word]));
            }
            let singles = length == q - first + 1;
            self.parts
                .words(&splits, start, length)
                .or_else(|| (singles && lexicon::has_chat_spelling(&chain)).then(|| vec![chain]))
                .map(|words| (q, words))
        })
    }
}

/// Anything else: question and exclamation marks once each, telling pictures as words, the rest dropped.
fn sign(letters: &[Letter], at: usize, out: &mut Vec<Token>) -> usize {
    let c = letters[at].c;
    let run = letters[at..].iter().take_while(|l| l.c == c).count();
    let text = match c {
        '?' => Some("?"),
        '!' => Some("!"),
        _ => lexicon::emoji_word(c),
    };
    if let Some(text) = text {
        for word in text.split(' ') {
            push(out, word, &letters[at..at + run]);
        }
    }
    at + run
}

/// Second pass, one round.
fn rewrite(tokens: &[Token]) -> Vec<Token> {
    let joined = join_spaced(tokens);
    let mut words: Vec<Token> = Vec::with_capacity(joined.len());
    for token in joined {
        if token.is_class() {
            // A sign said twice is said once.
            if words.last().is_none_or(|w| w.text != token.text) || !lexicon::is_sign(&token.text) {
                words.push(token);
            }
        } else {
            for part in one_word(&token.text) {
                words.push(Token { text: part, span: token.span.clone() });
            }
        }
    }
    let with_diacritics = words.iter().any(|w| lexicon::shows_diacritics(&w.text));
    let mut out: Vec<Token> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        if let Some((used, standard)) = lexicon::chat_spelling(&words[at..], with_diacritics, |t| &t.text) {
            let span = words[at].span.start..words[at + used - 1].span.end;
            out.extend(standard.split(' ').map(|w| Token { text: w.to_owned(), span: span.clone() }));
            at += used;
        } else if let Some(tag) = words.get(at + 1).and_then(|next| Tag::of_measure(&words[at].text, &next.text)) {
            out.push(Token { text: tag.text().to_owned(), span: words[at].span.start..words[at + 1].span.end });
            at += 2;
        } else {
            out.push(words[at].clone());
            at += 1;
        }
    }
    out
}

/// Joins letters that stand alone: `g ặ p a n h`. At least three, and only as far as they make up words.
fn join_spaced(tokens: &[Token]) -> Vec<Token> {
    const FEWEST: usize = 3;
    let single = |t: &Token| {
        let mut chars = t.text.chars();
        chars.next().filter(|c| c.is_alphabetic() && chars.next().is_none())
    };
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let letters: Vec<char> = tokens[at..].iter().map_while(single).collect();
        if letters.is_empty() {
            out.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let first = at;
        let end = at + letters.len();
        let mut parts = Parts::new(letters);
        while at < end {
            let run = (end - at).min(MAX_JOINED_LETTERS);
            let splits = parts.splits(at - first..at - first + run);
            // The longest that makes up words: the last letter may be a word of its own, as in `g ử i h ì n h k`.
            let words = (FEWEST..=run).rev().find_map(|n| parts.words(&splits, at - first, n));
            let Some(words) = words else {
                out.extend_from_slice(&tokens[at..at + run]);
                at += run;
                continue;
            };
            for w in words {
                let used = w.chars().count();
                out.push(Token { span: tokens[at].span.start..tokens[at + used - 1].span.end, text: w });
                at += used;
            }
        }
    }
    out
}

/// Splits a run of letters into the fewest known words of at least two letters.
fn segment(letters: &str) -> Option<Vec<String>> {
    let chars: Vec<char> = letters.chars().collect();
    if chars.len() > MAX_JOINED_LETTERS {
        return None;
    }
    let length = chars.len();
    let mut parts = Parts::new(chars);
    let splits = parts.splits(0..length);
    parts.words(&splits, 0, length)
}

/// For each number of letters from the beginning: where the last word of the best split begins, and how many words it
/// has.
type Splits = Vec<Option<(usize, usize)>>;

/// A run of letters and which of its parts are words. Each part is looked up once, however many chains are tried: a
/// message of nothing but `k.k.k.` would else be looked up a hundred times.
struct Parts {
    letters: Vec<char>,
    /// By the first letter and the length, as far as they were asked.
    words: Vec<Option<bool>>,
}

impl Parts {
    fn new(letters: Vec<char>) -> Self {
        let words = vec![None; letters.len() * (LONGEST_WORD + 1)];
        Self { letters, words }
    }

    fn is_word(&mut self, part: Range<usize>) -> bool {
        let letters = &self.letters[part.clone()];
        *self.words[part.start * (LONGEST_WORD + 1) + part.len()].get_or_insert_with(|| {
            work::add(1);
            let word: String = letters.iter().collect();
            syllable::is_loose_syllable(&word) || lexicon::is_service(&word)
        })
    }

    /// The best split of every beginning of the range.
    fn splits(&mut self, range: Range<usize>) -> Splits {
        let mut best: Splits = vec![None; range.len() + 1];
        best[0] = Some((0, 0));
        for end in 2..=range.len() {
            for start in end.saturating_sub(LONGEST_WORD)..end - 1 {
                let Some((_, count)) = best[start] else { continue };
                if best[end].is_some_and(|(_, fewest)| fewest <= count + 1) {
                    continue;
                }
                if self.is_word(range.start + start..range.start + end) {
                    best[end] = Some((start, count + 1));
                }
            }
        }
        best
    }

    /// The words of the best split of so many letters from `first` on.
    fn words(&self, splits: &Splits, first: usize, length: usize) -> Option<Vec<String>> {
        let mut words = Vec::new();
        let mut end = length;
        while end > 0 {
            let (start, _) = splits[end]?;
            words.push(self.letters[first + start..first + end].iter().collect());
            end = start;
        }
        words.reverse();
        Some(words)
    }
}

/// One word in its standard spelling; more than one token where a number is glued to it.
fn one_word(word: &str) -> Vec<String> {
    let one = |w: String| vec![w];
    if word.bytes().any(|b| b.is_ascii_digit()) || word.contains(['@', '$', '€']) {
        if let Some(tag) = Tag::of_number(word) {
            return one(tag.text().to_owned());
        }
        if lexicon::has_chat_spelling(word) {
            return one(word.to_owned());
        }
        let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if letters.chars().count() > 1 && letters.chars().all(char::is_alphabetic) && lexicon::is_known(letters) {
            return vec![letters.to_owned(), word[letters.len()..].to_owned()];
        }
        if let Some(plain) = lexicon::undo_leet(word).or_else(|| lexicon::undo_leet(&squeeze(word))) {
            return one(plain);
        }
        let bare: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        return one(if bare.chars().count() > 4 { Tag::Identifier.text().to_owned() } else { bare });
    }
    if let Some(canonical) = syllable::canonical(word) {
        return one(canonical);
    }
    if lexicon::is_known(word) {
        return one(word.to_owned());
    }
    if let Some(tag) = Tag::of_laughter(word) {
        return one(tag.text().to_owned());
    }
    let squeezed = squeeze(word);
    if squeezed != word && (lexicon::is_known(&squeezed) || has_three_alike(word)) {
        return one(squeezed);
    }
    if let Some(repaired) = lexicon::repair(&squeezed) {
        return one(repaired);
    }
    let length = word.chars().count();
    if (5..=14).contains(&length)
        && word.chars().all(syllable::is_vietnamese_letter)
        && let Some(words) = segment(word)
        && words.len() == 2
    {
        return words;
    }
    one(word.to_owned())
}

/// Every run of one letter becomes one letter.
fn squeeze(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}

fn has_three_alike(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    chars.windows(3).any(|w| w[0] == w[1] && w[1] == w[2])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(message: &str) -> String {
        normalise(message).text()
    }

    #[test]
    fn every_way_of_hiding_a_word_gives_the_word() {
        for (hidden, plain) in [
            ("g.ặ.p anh", "gặp anh"),
            ("g ặ p a n h", "gặp anh"),
            ("g-a-p a n h", "gap anh"),
            ("gửi 4nh", "gửi anh"),
            ("h1nh", "hinh"),
            ("bí\u{200b} m\u{200d}ật", "bí mật"),
            ("bі mаt", "bi mat"),
            ("ｂí mật", "bí mật"),
            ("qua z.a.l.o", "qua zalo"),
            ("z a l o", "zalo"),
            ("đẹpppp quááá", "đẹp quá"),
            ("b\u{0301}a\u{0301}\u{0323}\u{0302} mật", "bấ mật"),
            ("𝐛í 𝓶ậ𝓽", "bí mật"),
            ("bí_mật", "bí mật"),
            ("thay đ0^?i l4'm s3~ bi3^'t", "thay đổi lám sẽ biết"),
            ("c.t.v", "cộng tác viên"),
            ("KH0NGGG", "khong"),
            ("gi.áp", "giáp"),
            ("g ử i h ì n h k", "gửi ảnh không"),
            ("đừng\u{3164}kể\u{ffa0}với mẹ", "đừng kể với mẹ"),
        ] {
            assert_eq!(text(hidden), plain, "{hidden}");
        }
    }

    #[test]
    fn chat_spellings_and_dialects_become_one() {
        for (typed, standard) in [
            ("k dc dau", "không được dau"),
            ("mik hok bik", "mình không biết"),
            ("ba má có nhà hông", "bố mẹ có nhà không"),
            ("bố mẹ có nhà ko", "bố mẹ có nhà không"),
            ("gửi hình qua zl", "gửi ảnh qua zalo"),
            ("thik", "thích"),
            ("khôg", "không"),
            ("lớp7", "lớp <n1>"),
        ] {
            assert_eq!(text(typed), standard, "{typed}");
        }
    }

    #[test]
    fn numbers_become_classes() {
        for (typed, class) in [
            ("0912345678", "<phone>"),
            ("200k", "<money>"),
            ("500.000đ", "<money>"),
            ("2 triệu", "<money>"),
            ("7h30", "<time>"),
            ("9 giờ", "<time>"),
            ("21:30", "<time>"),
            ("https://t.me/abc", "telegram <url>"),
            ("a.b@mail.com", "<email>"),
            ("an@mail.vn,binh@mail.vn/Xanh", "<email> <email> xanh"),
            ("481902", "<n6>"),
            ("8a1", "<class>"),
            ("<ảnh>", "<image>"),
            ("=)))", "<laugh>"),
        ] {
            assert_eq!(text(typed), class, "{typed}");
        }
    }

    #[test]
    fn what_stands_in_brackets_is_a_placeholder_only_where_nothing_else_is_said() {
        for (typed, class) in [
            ("[ảnh]", "<image>"),
            ("[anh]", "<image>"),
            ("[ảnh chụp màn hình]", "<image>"),
            ("[cuộc gọi video 3 phút]", "<video>"),
            ("<đường link>", "<link>"),
            ("<chuyện nhạy cảm>", "<sensitive>"),
            ("[sđt]", "<phone>"),
        ] {
            assert_eq!(text(typed), class, "{typed}");
        }
        for said in ["đừng kể với mẹ nha anh", "không gửi là anh đăng", "sđt con 0912345678", "hình như thôi"]
        {
            for (open, close) in [('(', ')'), ('[', ']'), ('<', '>')] {
                assert_eq!(text(&format!("{open}{said}{close}")), text(said));
            }
        }
    }

    #[test]
    fn harmless_words_are_left_alone() {
        for message in ["app free ok boss", "liên quân", "lớp t", "e k bt c m", "mai đi không"] {
            let once = text(message);
            assert!(!once.is_empty());
        }
        assert_eq!(text("app"), "app");
        assert_eq!(text("mai gặp ở trường"), "mai gặp ở trường");
        assert_eq!(text("tiếng Việt"), "tiếng việt");
    }

    #[test]
    fn spans_point_at_the_original() {
        let message = "Đừng n.ó.i 𝐯s ai";
        let normal = normalise(message);
        let said: Vec<&str> = normal.tokens().iter().map(|t| &message[t.span()]).collect();
        assert_eq!(said, ["Đừng", "n.ó.i", "𝐯s", "ai"]);
    }

    #[test]
    fn a_megabyte_is_read_at_both_ends() {
        let long = format!("đầu {}cuối", "x ".repeat(1 << 19));
        let normal = normalise(&long);
        assert!(normal.is_truncated());
        assert_eq!(normal.tokens().first().map(Token::text), Some("đầu"));
        assert_eq!(normal.tokens().last().map(Token::text), Some("cuối"));
        assert!(normal.tokens().len() <= MAX_MESSAGE_BYTES);
        let at_bound = "a".repeat(MAX_MESSAGE_BYTES);
        assert!(!normalise(&at_bound).is_truncated());
    }

    #[test]
    fn hidden_words_are_looked_up_once_for_each_letter_and_length() {
        for piece in ["k.", "k ", "a.n.", "1.k.", "an-", "x k"] {
            let message = piece.repeat(MAX_MESSAGE_BYTES / piece.len());
            work::take();
            normalise(&message);
            let looked_up = work::take();
            assert!(looked_up < 2 * LONGEST_WORD * MAX_MESSAGE_BYTES, "{piece:?}: {looked_up}");
        }
    }

    #[test]
    fn stacked_marks_and_direction_tricks_leave_the_word() {
        let zalgo: String = "mật".chars().flat_map(|c| std::iter::once(c).chain(['\u{0315}'; 50])).collect();
        assert_eq!(text(&zalgo), "mật");
        assert_eq!(normalise(&zalgo).tokens()[0].span(), 0..zalgo.len());
        assert_eq!(text("\u{202e}bí\u{2066} mật\u{202c}"), "bí mật");
    }

    #[test]
    fn every_chat_spelling_is_settled_after_one_reading() {
        for standard in lexicon::standard_forms() {
            assert_eq!(text(standard), *standard);
        }
    }

    fn fragments() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "em", "k", "gửi", "ảnh", "n.h.à", "z", "a", "l", "o", "b í", "7h", "200k", "0912", "345", "<ảnh>", "=))",
            "h1nh", "đẹppp", "h", "vs", "ba", "má", "?", "!!", "kkk", "tele", "phone", "<", ">", "ck", "2", "triệu",
            "\u{0301}", "Ａ", "\u{200b}", "mk", "1", "mình", "lop7", "@", "nh@", "thik", "gi", "ng", "anhh", "uy",
        ]);
        prop::collection::vec((piece, prop::sample::select(vec!["", " ", ".", "-", "  ", ", "])), 0..12)
            .prop_map(|parts| parts.into_iter().flat_map(|(a, b)| [a, b]).collect())
    }

    proptest! {
        #[test]
        fn twice_is_once(message in prop_oneof![fragments(), any::<String>()]) {
            let once = text(&message);
            prop_assert_eq!(text(&once), once);
        }

        #[test]
        fn spans_are_ranges_of_the_message(message in prop_oneof![fragments(), any::<String>()]) {
            for token in normalise(&message).tokens() {
                prop_assert!(message.get(token.span()).is_some_and(|s| !s.is_empty()));
            }
        }
    }
}
