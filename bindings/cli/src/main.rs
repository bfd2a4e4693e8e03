//! The `lachan` command; see the library for what it does.

fn main() -> std::process::ExitCode {
    lachan_cli::run()
}
