//! Types that hold an answer.

use jiff::civil::{Date, DateTime, Time};
use serde_json::Value;

use super::Choices;

/// A type that holds the answer to a question.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold an answer",
    note = "use a type that `shipmate::Survey` lists, or derive `shipmate::Choices` on an enum of options"
)]
pub trait FromAnswer: Sized {
    /// The answer, if the type can hold it.
    fn from_answer(value: &Value) -> Option<Self>;
}

impl FromAnswer for String {
    fn from_answer(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl FromAnswer for bool {
    fn from_answer(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl FromAnswer for f64 {
    fn from_answer(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}

impl<T: Choices> FromAnswer for T {
    fn from_answer(value: &Value) -> Option<Self> {
        value.as_str().and_then(T::from_key)
    }
}

impl<T: Choices> FromAnswer for Vec<T> {
    fn from_answer(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_answer).collect()
    }
}

macro_rules! whole {
    ($($kind:ty)*) => {
        $(impl FromAnswer for $kind {
            fn from_answer(value: &Value) -> Option<Self> {
                // Agreement is answered in words whose keys are numbers.
                let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
                number.try_into().ok()
            }
        })*
    };
}

whole!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

macro_rules! moments {
    ($($kind:ty)*) => {
        $(impl FromAnswer for $kind {
            fn from_answer(value: &Value) -> Option<Self> {
                value.as_str()?.parse().ok()
            }
        })*
    };
}

moments!(Date Time DateTime);
