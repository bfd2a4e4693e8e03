//! The text of a graph: as much of NNEF as bundles use, which is assignments one after the other.
//!
//! ```text
//! version 1.0;
//! extension tract_registry tract_core;                  passed over
//! fragment properties() -> (...) { ... }                passed over
//! graph network(image) -> (scores) {
//!   image = external(shape = [1, 3, 224, 224]);
//!   zero = [[[[0.0]]]];                                 a constant
//!   kept = max(image, zero);                            an operator
//!   scores = kept;                                      another name
//! }
//! ```
//! What an operator does is the business of `tract.rs`. Depth, length and every number are bounded here, so that a
//! text of any form gives a graph or [`EngineError::Graph`].

use super::EngineError;

/// Longest text that is read, in bytes; the longest in use has 89 kB.
const MAX_BYTES: usize = 1 << 20;
/// How deep lists may be nested: a constant of rank 6, which weights may have as well.
const MAX_DEPTH: usize = 6;
/// Assignments of a graph; the longest in use has 832. The engine looks at each operator against all others.
const MAX_STEPS: usize = 2048;
/// Names and arguments of an operator; the most in use are 7.
const MAX_ARGUMENTS: usize = 16;

/// A network's text, read: every borrowed piece is the text's own.
#[derive(Debug, PartialEq)]
pub(super) struct Graph<'t> {
    /// The name of the one input.
    pub input: &'t str,
    /// The name of the one output.
    pub output: &'t str,
    /// In an order in which each name is assigned before it is used.
    pub steps: Vec<Step<'t>>,
}

/// `name = ...;`
#[derive(Debug, PartialEq)]
pub(super) struct Step<'t> {
    pub name: &'t str,
    pub makes: Makes<'t>,
}

/// The right side of an assignment.
#[derive(Debug, PartialEq)]
pub(super) enum Makes<'t> {
    /// What another name stands for.
    Same(&'t str),
    /// Numbers that stand in the text, in row-major order.
    Constant { shape: Vec<usize>, values: Vec<f32> },
    /// The result of an operator.
    Call(Call<'t>),
}

/// `operator(name, name, key = value)`
#[derive(Debug, PartialEq)]
pub(super) struct Call<'t> {
    pub operator: &'t str,
    pub inputs: Vec<&'t str>,
    arguments: Vec<(&'t str, Value<'t>)>,
}

#[derive(Debug, PartialEq)]
enum Value<'t> {
    Word(&'t str),
    Text(&'t str),
    Number(&'t str),
    List(Vec<Value<'t>>),
}

impl Call<'_> {
    fn argument(&self, key: &str) -> Result<&Value<'_>, EngineError> {
        self.arguments.iter().find(|(k, _)| *k == key).map(|(_, value)| value).ok_or(EngineError::Graph)
    }

    /// A whole number that is not negative.
    pub(super) fn size(&self, key: &str) -> Result<usize, EngineError> {
        whole(self.argument(key)?)
    }

    /// Whole numbers that are not negative.
    pub(super) fn sizes(&self, key: &str) -> Result<Vec<usize>, EngineError> {
        list(self.argument(key)?)?.iter().map(whole).collect()
    }

    /// Pairs of whole numbers that are not negative, such as the padding before and after each axis.
    pub(super) fn pairs(&self, key: &str) -> Result<Vec<(usize, usize)>, EngineError> {
        let pair = |value: &Value<'_>| match list(value)? {
            [before, after] => Ok((whole(before)?, whole(after)?)),
            _ => Err(EngineError::Graph),
        };
        list(self.argument(key)?)?.iter().map(pair).collect()
    }

    pub(super) fn text(&self, key: &str) -> Result<&str, EngineError> {
        match self.argument(key)? {
            Value::Text(text) => Ok(text),
            _ => Err(EngineError::Graph),
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &str) -> Result<bool, EngineError> {
        match self.argument(key)? {
            Value::Word("true") => Ok(true),
            Value::Word("false") => Ok(false),
            _ => Err(EngineError::Graph),
        }
    }
}

fn whole(value: &Value<'_>) -> Result<usize, EngineError> {
    match value {
        // More than any axis has. What is multiplied later is counted, see `budget.rs`.
        Value::Number(digits) => digits.parse().ok().filter(|n| *n <= 1 << 24).ok_or(EngineError::Graph),
        _ => Err(EngineError::Graph),
    }
}

fn list<'v, 't>(value: &'v Value<'t>) -> Result<&'v [Value<'t>], EngineError> {
    match value {
        Value::List(items) => Ok(items),
        _ => Err(EngineError::Graph),
    }
}

/// Reads a text.
pub(super) fn read(text: &[u8]) -> Result<Graph<'_>, EngineError> {
    if text.len() > MAX_BYTES {
        return Err(EngineError::Graph);
    }
    Reader { rest: std::str::from_utf8(text).map_err(|_| EngineError::Graph)? }.graph()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Token<'t> {
    Word(&'t str),
    Number(&'t str),
    Text(&'t str),
    Sign(char),
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn graph(mut self) -> Result<Graph<'t>, EngineError> {
        self.word("version")?;
        self.pass_over(';')?;
        loop {
            match self.token()? {
                Token::Word("extension") => self.pass_over(';')?,
                Token::Word("fragment") => self.pass_over('}')?,
                Token::Word("graph") => break,
                _ => return Err(EngineError::Graph),
            }
        }
        self.name()?;
        let input = self.name_in_parentheses()?;
        self.sign('-')?;
        self.sign('>')?;
        let output = self.name_in_parentheses()?;
        self.sign('{')?;
        let mut steps = Vec::new();
        while !self.ahead('}') {
            if steps.len() == MAX_STEPS {
                return Err(EngineError::Graph);
            }
            steps.push(self.step()?);
        }
        self.sign('}')?;
        if self.rest.trim_start().is_empty() { Ok(Graph { input, output, steps }) } else { Err(EngineError::Graph) }
    }

    fn step(&mut self) -> Result<Step<'t>, EngineError> {
        let name = self.name()?;
        self.sign('=')?;
        let makes = if self.ahead('[') { constant(&self.value(0)?)? } else { self.call_or_name()? };
        self.sign(';')?;
        Ok(Step { name, makes })
    }

    fn call_or_name(&mut self) -> Result<Makes<'t>, EngineError> {
        let operator = self.name()?;
        // `variable<scalar>`: all tensors are of one type.
        if self.ahead('<') {
            self.sign('<')?;
            self.word("scalar")?;
            self.sign('>')?;
        } else if !self.ahead('(') {
            return Ok(Makes::Same(operator));
        }
        let mut call = Call { operator, inputs: Vec::new(), arguments: Vec::new() };
        self.sign('(')?;
        while !self.ahead(')') {
            let word = self.name()?;
            if call.inputs.len() + call.arguments.len() == MAX_ARGUMENTS {
                return Err(EngineError::Graph);
            }
            if self.ahead('=') {
                self.sign('=')?;
                if call.arguments.iter().any(|(key, _)| *key == word) {
                    return Err(EngineError::Graph);
                }
                call.arguments.push((word, self.value(0)?));
            } else {
                call.inputs.push(word);
            }
            if !self.ahead(')') {
                self.sign(',')?;
            }
        }
        self.sign(')')?;
        Ok(Makes::Call(call))
    }

    fn value(&mut self, depth: usize) -> Result<Value<'t>, EngineError> {
        match self.token()? {
            Token::Word(word) => Ok(Value::Word(word)),
            Token::Number(digits) => Ok(Value::Number(digits)),
            Token::Text(text) => Ok(Value::Text(text)),
            Token::Sign('[') if depth < MAX_DEPTH => self.items(']', depth),
            Token::Sign('(') if depth < MAX_DEPTH => self.items(')', depth),
            Token::Sign(_) => Err(EngineError::Graph),
        }
    }

    fn items(&mut self, end: char, depth: usize) -> Result<Value<'t>, EngineError> {
        let mut items = Vec::new();
        while !self.ahead(end) {
            items.push(self.value(depth + 1)?);
            if !self.ahead(end) {
                self.sign(',')?;
            }
        }
        self.sign(end)?;
        Ok(Value::List(items))
    }

    fn name_in_parentheses(&mut self) -> Result<&'t str, EngineError> {
        self.sign('(')?;
        let name = self.name()?;
        self.sign(')')?;
        Ok(name)
    }

    fn name(&mut self) -> Result<&'t str, EngineError> {
        match self.token()? {
            Token::Word(word) => Ok(word),
            _ => Err(EngineError::Graph),
        }
    }

    fn word(&mut self, expected: &str) -> Result<(), EngineError> {
        if self.name()? == expected { Ok(()) } else { Err(EngineError::Graph) }
    }

    fn sign(&mut self, expected: char) -> Result<(), EngineError> {
        if self.token()? == Token::Sign(expected) { Ok(()) } else { Err(EngineError::Graph) }
    }

    fn ahead(&self, sign: char) -> bool {
        self.rest.trim_start().starts_with(sign)
    }

    /// To behind the next `end` that stands in no quotes.
    fn pass_over(&mut self, end: char) -> Result<(), EngineError> {
        while self.token()? != Token::Sign(end) {}
        Ok(())
    }

    fn token(&mut self) -> Result<Token<'t>, EngineError> {
        let text = self.rest.trim_start();
        let first = text.chars().next().ok_or(EngineError::Graph)?;
        if first == '"' {
            // No name of a tensor has a quote or a backslash in it.
            let (inside, after) = text[1..].split_once('"').ok_or(EngineError::Graph)?;
            self.rest = after;
            return if inside.contains('\\') { Err(EngineError::Graph) } else { Ok(Token::Text(inside)) };
        }
        let of = |belongs: fn(char) -> bool| text.find(|c| !belongs(c)).unwrap_or(text.len());
        let negative = first == '-' && text[1..].starts_with(|c: char| c.is_ascii_digit());
        let (length, kind): (usize, fn(&'t str) -> Token<'t>) = if first.is_ascii_alphabetic() || first == '_' {
            (of(|c| c.is_ascii_alphanumeric() || c == '_'), Token::Word)
        } else if first.is_ascii_digit() || negative {
            (of(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+')), Token::Number)
        } else {
            self.rest = &text[first.len_utf8()..];
            return Ok(Token::Sign(first));
        };
        let (token, after) = text.split_at(length);
        self.rest = after;
        Ok(kind(token))
    }
}

fn constant<'t>(value: &Value<'t>) -> Result<Makes<'t>, EngineError> {
    let mut shape = Vec::new();
    let mut outermost = value;
    while let Value::List(items) = outermost {
        shape.push(items.len());
        outermost = items.first().ok_or(EngineError::Graph)?;
    }
    let mut values = Vec::new();
    collect(value, &shape, &mut values)?;
    Ok(Makes::Constant { shape, values })
}

/// Appends the numbers of a list of that shape.
fn collect(value: &Value<'_>, shape: &[usize], out: &mut Vec<f32>) -> Result<(), EngineError> {
    match (value, shape) {
        (Value::Number(digits), []) => {
            out.push(digits.parse().ok().filter(|v: &f32| v.is_finite()).ok_or(EngineError::Graph)?);
            Ok(())
        }
        (Value::List(items), [length, inner @ ..]) if items.len() == *length => {
            items.iter().try_for_each(|item| collect(item, inner, out))
        }
        _ => Err(EngineError::Graph),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
version 1.0;

extension tract_registry tract_core;
fragment tract_core_properties() -> (properties: (string, tensor<scalar>)[])
{
  properties = [("a } in quotes", tract_core_cast(10, to = "i64"))];
}
graph network(image) -> (scores) {
  image = external(shape = [1, 3, 4, 4]);
  w = variable<scalar>(label = "stem/weight.0", shape = [2, 3]);
  c = [[0.5, -1e-3]];
  p = conv(image, w, dilation = [], padding = [(0, 1), (2, 3)], normalize = true);
  scores = p;
}
"#;

    fn read_text(text: &str) -> Result<Graph<'_>, EngineError> {
        read(text.as_bytes())
    }

    fn call<'a, 't>(graph: &'a Graph<'t>, index: usize) -> &'a Call<'t> {
        match &graph.steps[index].makes {
            Makes::Call(call) => call,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn reads_names_constants_and_arguments() {
        let graph = read_text(TEXT).unwrap();
        assert_eq!((graph.input, graph.output, graph.steps.len()), ("image", "scores", 5));
        assert_eq!(call(&graph, 0).sizes("shape").unwrap(), [1, 3, 4, 4]);
        assert_eq!(call(&graph, 1).operator, "variable");
        assert_eq!(call(&graph, 1).text("label").unwrap(), "stem/weight.0");
        assert_eq!(graph.steps[2].makes, Makes::Constant { shape: vec![1, 2], values: vec![0.5, -1e-3] });
        let conv = call(&graph, 3);
        assert_eq!(conv.inputs, ["image", "w"]);
        assert_eq!(conv.pairs("padding").unwrap(), [(0, 1), (2, 3)]);
        assert!(conv.sizes("dilation").unwrap().is_empty());
        assert!(conv.flag("normalize").unwrap());
        assert_eq!(graph.steps[4], Step { name: "scores", makes: Makes::Same("p") });
    }

    #[test]
    fn an_argument_of_another_kind_is_refused() {
        let graph = read_text(TEXT).unwrap();
        let conv = call(&graph, 3);
        assert_eq!(conv.size("padding"), Err(EngineError::Graph));
        assert_eq!(conv.text("normalize"), Err(EngineError::Graph));
        assert_eq!(conv.flag("absent"), Err(EngineError::Graph));
        assert_eq!(conv.sizes("padding"), Err(EngineError::Graph));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let made = |by: &str| format!("version 1.0; graph g(i) -> (o) {{ o = {by}; }}");
        assert!(read_text(&made("variable<scalar>(label = \"a\")")).is_ok());
        for refused in ["f(i, axis = 1, axis = 2)", "f<a; b = c; d>(i)", "f<scalar, scalar>(i)", "f<>(i)"] {
            assert_eq!(read_text(&made(refused)), Err(EngineError::Graph), "{refused}");
        }
    }

    #[test]
    fn a_cut_text_is_refused_wherever_it_was_cut() {
        for end in 0..TEXT.trim_end().len() {
            assert_eq!(read_text(&TEXT[..end]), Err(EngineError::Graph), "cut at {end}");
        }
    }

    #[test]
    fn a_changed_byte_is_refused_or_read_and_never_panics() {
        for at in 0..TEXT.len() {
            for byte in [b'[', b')', b'"', b'\\', b'-', b'=', 0, 0xff] {
                let mut text = TEXT.as_bytes().to_vec();
                text[at] = byte;
                let _ = read(&text);
            }
        }
    }

    #[test]
    fn bounds_hold() {
        let constant = |of: &str| format!("version 1.0; graph g(i) -> (o) {{ o = {of}; }}");
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_text(&constant(&nested(MAX_DEPTH))).is_ok());
        for refused in [&nested(MAX_DEPTH + 1), "[[1, 2], [3]]", "[]", "[1e99]", "[nan]", "[1.2.3]", "[[1], 2]"] {
            assert_eq!(read_text(&constant(refused)), Err(EngineError::Graph), "{refused}");
        }
        let steps = |n: usize| format!("version 1.0; graph g(i) -> (o) {{ {} }}", "o = i;".repeat(n));
        assert_eq!(read_text(&steps(MAX_STEPS)).unwrap().steps.len(), MAX_STEPS);
        assert_eq!(read_text(&steps(MAX_STEPS + 1)), Err(EngineError::Graph));
        let call_of =
            |n: usize| format!("version 1.0; graph g(i) -> (o) {{ o = f({}axis = 1); }}", "i, ".repeat(n - 1));
        assert!(read_text(&call_of(MAX_ARGUMENTS)).is_ok());
        assert_eq!(read_text(&call_of(MAX_ARGUMENTS + 1)), Err(EngineError::Graph));
        let longest = format!("{}{}", constant("[1]"), " ".repeat(MAX_BYTES));
        assert!(read_text(&longest[..MAX_BYTES]).is_ok());
        assert_eq!(read_text(&longest[..MAX_BYTES + 1]), Err(EngineError::Graph));
        let axes = |n: u64| format!("version 1.0; graph g(i) -> (o) {{ o = f(i, axis = {n}); }}");
        let (fits, above) = (axes(1 << 24), axes((1 << 24) + 1));
        assert_eq!(call(&read_text(&fits).unwrap(), 0).size("axis"), Ok(1 << 24));
        assert_eq!(call(&read_text(&above).unwrap(), 0).size("axis"), Err(EngineError::Graph));
    }
}
