// SPDX-License-Identifier: EUPL-1.2
//! Code: the stable Dutch word by which a value of a closed list is written on the wire, in facts and in the policy
//! files.

/// A word that is not on the closed list it was read for.
///
/// The word itself is not repeated: a caller may have typed a name or a number in its place (promise 10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{list}` has no such code")]
pub struct UnknownCode {
    /// The Dutch name of the list, for example `loket`.
    pub list: &'static str,
}

/// Declares a closed list whose every member has one stable Dutch code.
///
/// A macro of our own, against the house rule, because the alternative is fourteen hand-kept copies of `ALL`, `code`,
/// `FromStr`, `Display` and both serde halves in which a forgotten member would go unnoticed.
macro_rules! closed_list {
    (
        $(#[$outer:meta])*
        pub enum $name:ident as $list:literal {
            $( $(#[$inner:meta])* $variant:ident = $code:literal, )+
        }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $( $(#[$inner])* $variant, )+ }

        impl $name {
            /// Every member, in the order of declaration.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The stable Dutch code.
            pub const fn code(self) -> &'static str {
                match self { $( Self::$variant => $code, )+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::code::UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $( $code => Ok(Self::$variant), )+
                    _ => Err($crate::code::UnknownCode { list: $list }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use closed_list;
