//! One camera or call stream.

use std::sync::{Arc, Mutex, PoisonError};

use lachan_core::image::{Limits, LiveConfig, LiveSession, YuvPlane, YuvView};
use lachan_core::verdict::{Direction, Verdict};

use crate::shield::{Shield, turned};

/// Sizes and strides of a frame of three planes, in pixels, bytes, degrees and milliseconds.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct FrameShape {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Row stride of the brightness.
    pub y_row_stride: u32,
    /// Pixel stride of the brightness.
    pub y_pixel_stride: u32,
    /// Row stride of U.
    pub u_row_stride: u32,
    /// Pixel stride of U.
    pub u_pixel_stride: u32,
    /// Row stride of V.
    pub v_row_stride: u32,
    /// Pixel stride of V.
    pub v_pixel_stride: u32,
    /// Clockwise turn that makes it upright.
    pub rotation_degrees: i32,
    /// When it was taken.
    pub timestamp_millis: u64,
}

/// One camera or call stream under a shield.
#[derive(uniffi::Object)]
pub struct LiveStream {
    shield: Arc<Shield>,
    direction: Direction,
    session: Mutex<LiveSession>,
}

#[uniffi::export]
impl LiveStream {
    /// A new stream.
    #[uniffi::constructor]
    pub fn new(shield: Arc<Shield>, direction: Direction) -> Self {
        Self { shield, direction, session: Mutex::new(LiveSession::new(LiveConfig::default())) }
    }

    /// Whether a frame of this time would be analysed.
    pub fn wants_frame(&self, timestamp_millis: u64) -> bool {
        self.session.lock().unwrap_or_else(PoisonError::into_inner).wants_frame(timestamp_millis)
    }

    /// Takes a frame and says what the stream looks like.
    pub fn check(&self, y: &[u8], u: &[u8], v: &[u8], shape: FrameShape) -> Verdict {
        let plane = |bytes, row_stride: u32, pixel_stride: u32| YuvPlane {
            bytes,
            row_stride: row_stride as usize,
            pixel_stride: pixel_stride as usize,
        };
        let view = YuvView::new(
            plane(y, shape.y_row_stride, shape.y_pixel_stride),
            plane(u, shape.u_row_stride, shape.u_pixel_stride),
            plane(v, shape.v_row_stride, shape.v_pixel_stride),
            shape.width,
            shape.height,
            &Limits::default(),
        );
        let mut session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let orientation = turned(shape.rotation_degrees);
        self.shield.guard().check_frame(&mut session, shape.timestamp_millis, view, orientation, self.direction)
    }
}
