//! Packs the curricula: what each is about as it stands, and the rest of each compressed, because it is read only when a goal needs it.
#![expect(clippy::unwrap_used, reason = "a build that cannot go on has failed")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// Where the second part of a file begins.
const PARTS: [&str; 3] = ["\n[[modules]]", "\n[[weekly]]", "\n[[resources]]"];
/// The best level of compression: the build has the time.
const LEVEL: u8 = 10;

#[expect(
    clippy::disallowed_methods,
    reason = "a build script learns its folder so"
)]
fn main() {
    let root = Path::new("data/curricula");
    println!("cargo:rerun-if-changed=data");
    let mut files = Vec::new();
    collect(root, &mut files);
    files.sort();
    let (mut headers, mut contents) = (String::new(), Vec::new());
    let mut index = String::from(
        "#[expect(clippy::unreadable_literal, reason = \"numbers that nobody reads\")]\n\
        static FILES: &[PackedFile] = &[\n",
    );
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        let starts = PARTS.iter().filter_map(|part| text.find(part));
        let (header, content) = text.split_at(starts.min().unwrap_or(text.len()));
        let packed = miniz_oxide::deflate::compress_to_vec(content.as_bytes(), LEVEL);
        let path = file.strip_prefix(root).unwrap().with_extension("");
        let (header_start, content_start) = (headers.len(), contents.len());
        headers.push_str(header);
        contents.extend(packed);
        // Writing to a String cannot fail.
        let _infallible = writeln!(
            index,
            "    PackedFile {{ path: {:?}, header: {header_start}..{}, content: {content_start}..{} }},",
            path.to_str().unwrap(),
            headers.len(),
            contents.len()
        );
    }
    index.push_str("];\n");
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    fs::write(out.join("headers.txt"), headers).unwrap();
    fs::write(out.join("contents.bin"), contents).unwrap();
    fs::write(out.join("curricula.rs"), index).unwrap();
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
}
