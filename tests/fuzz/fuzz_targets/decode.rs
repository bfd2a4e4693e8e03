//! Any bytes as a picture: read or refused, sampled frames included, and hashed as the guard would.
#![no_main]

use lachan::hash::PictureHashes;
use lachan::image::{Decoded, FrameSampling, Limits, decode, marker, tiling};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Small limits, so that the fuzzer spends its time on structure and not on filling memory.
    let limits =
        Limits { max_decoded_bytes: 8 << 20, max_animation_pixels: 1 << 20, max_frames: 200, ..Limits::default() };
    match decode(bytes, &limits) {
        Ok(Decoded::Still(picture)) => {
            assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
            let _ = tiling(&picture);
            let _ = marker::recognise(&picture);
            let _ = PictureHashes::of_picture(&picture);
        }
        Ok(Decoded::Animation(animation)) => {
            let _ = animation.sample(&FrameSampling::default(), |_| Ok(true));
        }
        Err(_) => {}
    }
});
