//! Laws of the doors that take pictures: whatever the bytes, there is a picture within the limits or a reason.
#![allow(clippy::unwrap_used)]

mod support;

use image::{DynamicImage, ImageFormat};
use lachan::image::{Decoded, Limits, Orientation, PixelFormat, PixelView, decode};
use proptest::prelude::*;
use support::{encode, gif, jpeg, photo};

/// A good picture in one of the formats.
fn good(kind: usize) -> Vec<u8> {
    let picture = photo(60, 44);
    let still = |format| encode(&DynamicImage::ImageRgb8(picture.clone()), format);
    match kind % 7 {
        0 => jpeg(&picture, false),
        1 => jpeg(&picture, true),
        2 => still(ImageFormat::Png),
        3 => still(ImageFormat::WebP),
        4 => still(ImageFormat::Bmp),
        5 => still(ImageFormat::Pnm),
        _ => gif([picture.clone(), picture], 50),
    }
}

/// Decodes, and holds the result to what a picture promises.
fn decoded_soundly(bytes: &[u8]) -> bool {
    let limits = Limits::default();
    match decode(bytes, &limits) {
        Ok(Decoded::Still(picture)) => {
            assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
            assert!(picture.width > 0 && picture.height > 0);
            assert!(u64::from(picture.full_width) * u64::from(picture.full_height) <= limits.max_strip_pixels);
            true
        }
        Ok(Decoded::Animation(animation)) => {
            let (width, height) = animation.size();
            assert!(width > 0 && height > 0 && animation.frames() > 0);
            true
        }
        Err(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_picture_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        decoded_soundly(&bytes);
    }

    #[test]
    fn a_changed_picture_is_a_picture_or_a_reason(
        kind in 0usize..7,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = good(kind);
        prop_assert!(decoded_soundly(&bytes), "kind {} is good before", kind);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        decoded_soundly(&bytes);
    }

    #[test]
    fn a_view_exists_only_where_its_rows_do(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        width in 0u32..20,
        height in 0u32..20,
        stride in prop_oneof![0usize..80, Just(usize::MAX)],
        format in prop_oneof![
            Just(PixelFormat::Rgba), Just(PixelFormat::RgbaPremultiplied), Just(PixelFormat::Rgb), Just(PixelFormat::Luma)
        ],
    ) {
        let size = match format {
            PixelFormat::Rgba | PixelFormat::RgbaPremultiplied => 4,
            PixelFormat::Rgb => 3,
            PixelFormat::Luma => 1,
        };
        let row = width as usize * size;
        let needed = stride.saturating_mul((height as usize).saturating_sub(1)).saturating_add(row);
        let fits = width > 0 && height > 0 && stride >= row && bytes.len() >= needed;
        let view = PixelView::new(&bytes, width, height, stride, format, &Limits::default());
        prop_assert_eq!(view.is_ok(), fits);
        if let Ok(view) = view {
            let picture = view.to_picture(Orientation::default());
            prop_assert_eq!(picture.rgb.len(), row / size * height as usize * 3);
        }
    }
}
