//! Sorting more records than fit in memory: sorted runs on the disk, merged as they are read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::Failure;

/// Bytes of records that are sorted in memory at a time.
const RUN_BYTES: usize = 32 << 20;
/// Bytes that are read ahead of each run: with 32 MB runs, 10 million records of 34 bytes take 11 of these.
const BUFFER_BYTES: usize = 64 << 10;

/// Sorts records of `N` bytes as texts are sorted, byte by byte.
pub struct Sorter<const N: usize> {
    run: Vec<[u8; N]>,
    runs: Vec<File>,
    count: u64,
}

impl<const N: usize> Sorter<N> {
    pub fn new() -> Self {
        Self { run: Vec::new(), runs: Vec::new(), count: 0 }
    }

    pub fn push(&mut self, record: [u8; N]) -> Result<(), Failure> {
        if self.run.len() == RUN_BYTES / N {
            self.spill()?;
        }
        self.run.push(record);
        self.count += 1;
        Ok(())
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    fn spill(&mut self) -> Result<(), Failure> {
        self.run.sort_unstable();
        let mut file = temporary()?;
        let mut out = BufWriter::with_capacity(1 << 20, &mut file);
        self.run.iter().try_for_each(|record| out.write_all(record)).and_then(|()| out.flush()).map_err(spilling)?;
        drop(out);
        file.seek(SeekFrom::Start(0)).map_err(spilling)?;
        self.runs.push(file);
        self.run.clear();
        Ok(())
    }

    /// All records in order.
    pub fn sorted(mut self) -> Result<Sorted<N>, Failure> {
        if self.runs.is_empty() {
            self.run.sort_unstable();
            return Ok(Sorted::InMemory(self.run.into_iter()));
        }
        if !self.run.is_empty() {
            self.spill()?;
        }
        self.run = Vec::new();
        let mut runs: Vec<BufReader<File>> =
            self.runs.into_iter().map(|file| BufReader::with_capacity(BUFFER_BYTES, file)).collect();
        let mut heads = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            if let Some(record) = read(run)? {
                heads.push(Reverse((record, number)));
            }
        }
        Ok(Sorted::Merged { runs, heads })
    }
}

/// Records in order, once.
pub enum Sorted<const N: usize> {
    InMemory(std::vec::IntoIter<[u8; N]>),
    Merged { runs: Vec<BufReader<File>>, heads: BinaryHeap<Reverse<([u8; N], usize)>> },
}

impl<const N: usize> Sorted<N> {
    pub fn next(&mut self) -> Result<Option<[u8; N]>, Failure> {
        match self {
            Self::InMemory(records) => Ok(records.next()),
            Self::Merged { runs, heads } => {
                let Some(Reverse((record, number))) = heads.pop() else { return Ok(None) };
                if let Some(next) = read(&mut runs[number])? {
                    heads.push(Reverse((next, number)));
                }
                Ok(Some(record))
            }
        }
    }
}

/// A file of records on the disk, written once and read as often as needed.
pub struct Records<const N: usize> {
    file: File,
    count: u64,
}

impl<const N: usize> Records<N> {
    /// Writes what `next` gives until it ends.
    pub fn write(mut next: impl FnMut() -> Result<Option<[u8; N]>, Failure>) -> Result<Self, Failure> {
        let mut out = BufWriter::with_capacity(1 << 20, temporary()?);
        let mut count = 0;
        while let Some(record) = next()? {
            out.write_all(&record).map_err(spilling)?;
            count += 1;
        }
        let file = out.into_inner().map_err(|error| spilling(error.into_error()))?;
        Ok(Self { file, count })
    }

    pub fn len(&self) -> u64 {
        self.count
    }

    /// The records from the beginning.
    pub fn read(&mut self) -> Result<impl FnMut() -> Result<Option<[u8; N]>, Failure>, Failure> {
        self.file.seek(SeekFrom::Start(0)).map_err(spilling)?;
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        Ok(move || read(&mut reader))
    }
}

fn temporary() -> Result<File, Failure> {
    tempfile::tempfile().map_err(spilling)
}

pub fn read<const N: usize>(input: &mut impl Read) -> Result<Option<[u8; N]>, Failure> {
    let mut record = [0; N];
    match input.read_exact(&mut record) {
        Ok(()) => Ok(Some(record)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(spilling(error)),
    }
}

fn spilling(error: std::io::Error) -> Failure {
    format!("temporary files (see TMPDIR): {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than one run, so that merging is what is tested.
    #[test]
    fn runs_are_merged_in_order() {
        const N: usize = 4096;
        let mut sorter = Sorter::<N>::new();
        let count = (3 * RUN_BYTES / N + 7) as u64;
        let mut state = 1u64;
        for _ in 0..count {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut record = [0; N];
            record[..8].copy_from_slice(&state.to_be_bytes());
            sorter.push(record).unwrap();
        }
        assert_eq!(sorter.runs.len(), 3);
        let mut sorted = sorter.sorted().unwrap();
        let (mut seen, mut last) = (0, [0; N]);
        while let Some(record) = sorted.next().unwrap() {
            assert!(record >= last);
            last = record;
            seen += 1;
        }
        assert_eq!(seen, count);
    }
}
