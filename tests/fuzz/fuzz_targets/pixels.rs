//! A caller's pixels with any width, height, stride and format: parsed into a view that holds, or refused.
#![no_main]

use lachan::image::{Limits, Orientation, PixelFormat, PixelView};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, u16, u32, u8, u8, Vec<u8>)| {
    let (width, height, stride, format, tag, bytes) = input;
    let format = [PixelFormat::Rgba, PixelFormat::RgbaPremultiplied, PixelFormat::Rgb, PixelFormat::Luma]
        [usize::from(format % 4)];
    let view = PixelView::new(&bytes, u32::from(width), u32::from(height), stride as usize, format, &Limits::default());
    if let Ok(view) = view {
        let picture = view.to_picture(Orientation::from_tag(u16::from(tag)));
        assert_eq!(picture.rgb.len(), picture.width as usize * picture.height as usize * 3);
    }
});
