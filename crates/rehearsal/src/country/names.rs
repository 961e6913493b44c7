//! Names of places that exist nowhere: an invented syllabary, and a list of real names that it must not hit.
//!
//! Some names carry letters that systems got wrong before (ng', ñ, Arabic; fixture X04). All are NFC.

use super::random::Random;
use std::collections::BTreeSet;

const FIRST: [&str; 24] = [
    "ba", "bre", "do", "fe", "ga", "hu", "ji", "ke", "lo", "mi", "ne", "o", "pa", "ru", "sa", "ti", "u",
    "va", "we", "za", "cri", "plo", "ng'a", "ñe",
];
const MIDDLE: [&str; 12] = ["", "di", "fa", "lu", "mo", "ne", "pi", "ra", "so", "ti", "vu", "ze"];
const LAST: [&str; 18] = [
    "vel", "zor", "fim", "desh", "dor", "vash", "zil", "tuf", "rov", "mez", "fol", "gev", "wiz", "nuv",
    "shor", "lund", "pelt", "quil",
];
const HOUSES: [&str; 10] = [
    "school",
    "market hall",
    "library",
    "ferry house",
    "workshop",
    "sports ground",
    "mill",
    "college",
    "clinic yard",
    "grain store",
];
/// A name in Arabic letters ("Zafilov"), an invented town abroad.
const ARABIC: &str = "زافيلوف";

/// Real names that no invented name may contain, lower case: counties and towns of Kenya, countries and large cities
/// of Africa and beyond. Kept beside the syllabary, because the generator filters by it.
pub(crate) const REAL_NAMES: [&str; 152] = [
    "mombasa",
    "kwale",
    "kilifi",
    "tana",
    "lamu",
    "taita",
    "taveta",
    "garissa",
    "wajir",
    "mandera",
    "marsabit",
    "isiolo",
    "meru",
    "tharaka",
    "embu",
    "kitui",
    "machakos",
    "makueni",
    "nyandarua",
    "nyeri",
    "kirinyaga",
    "murang",
    "kiambu",
    "turkana",
    "pokot",
    "samburu",
    "nzoia",
    "uasin",
    "gishu",
    "elgeyo",
    "marakwet",
    "nandi",
    "baringo",
    "laikipia",
    "nakuru",
    "narok",
    "kajiado",
    "kericho",
    "bomet",
    "kakamega",
    "vihiga",
    "bungoma",
    "busia",
    "siaya",
    "kisumu",
    "homa",
    "migori",
    "kisii",
    "nyamira",
    "nairobi",
    "eldoret",
    "thika",
    "malindi",
    "kitale",
    "naivasha",
    "nanyuki",
    "lodwar",
    "moyale",
    "voi",
    "watamu",
    "athi",
    "limuru",
    "ruiru",
    "kibera",
    "mathare",
    "westlands",
    "langata",
    "dagoretti",
    "kasarani",
    "embakasi",
    "starehe",
    "uganda",
    "kampala",
    "entebbe",
    "jinja",
    "gulu",
    "tanzania",
    "dodoma",
    "arusha",
    "moshi",
    "mwanza",
    "zanzibar",
    "pemba",
    "tanga",
    "rwanda",
    "kigali",
    "burundi",
    "gitega",
    "ethiopia",
    "addis",
    "somalia",
    "mogadishu",
    "kismayo",
    "sudan",
    "khartoum",
    "juba",
    "eritrea",
    "asmara",
    "djibouti",
    "lagos",
    "abuja",
    "kano",
    "ibadan",
    "nigeria",
    "niger",
    "ghana",
    "accra",
    "kumasi",
    "togo",
    "lome",
    "benin",
    "mali",
    "bamako",
    "senegal",
    "dakar",
    "gambia",
    "banjul",
    "guinea",
    "conakry",
    "liberia",
    "monrovia",
    "sierra",
    "freetown",
    "ivory",
    "abidjan",
    "cameroon",
    "douala",
    "gabon",
    "congo",
    "kinshasa",
    "goma",
    "angola",
    "luanda",
    "zambia",
    "lusaka",
    "malawi",
    "lilongwe",
    "mozambique",
    "maputo",
    "zimbabwe",
    "harare",
    "botswana",
    "gaborone",
    "namibia",
    "windhoek",
    "lesotho",
    "maseru",
    "pretoria",
    "durban",
    "madagascar",
    "morocco",
    "egypt",
];

/// A stock of invented names, each given once for areas, and as often as it falls for centres.
pub(crate) struct Names {
    stock: Vec<String>,
    next: usize,
    random: Random,
}

impl Names {
    pub(crate) fn new(seed: &str) -> Self {
        let mut random = Random::new(seed, "names");
        let mut unique = BTreeSet::new();
        for first in FIRST {
            for middle in MIDDLE {
                for last in LAST {
                    let name = format!("{first}{middle}{last}");
                    if !echoes_a_real_place(&name) {
                        unique.insert(capital(&name));
                    }
                }
            }
        }
        let mut stock: Vec<String> = unique.into_iter().collect();
        random.shuffle(&mut stock);
        Names { stock, next: 0, random }
    }

    /// The next name that no area has yet.
    pub(crate) fn area(&mut self) -> String {
        let name = self.stock.get(self.next).expect("the stock holds more names than the country has areas");
        self.next += 1;
        name.clone()
    }

    /// A name for a registration centre. As in real registers it may stand in several wards: only the code identifies.
    pub(crate) fn centre(&mut self) -> String {
        let place = self.random.place(self.stock.len());
        format!("{} {}", self.stock[place], self.random.pick(&HOUSES))
    }

    /// A name for a centre abroad; the first one is in Arabic letters.
    pub(crate) fn centre_abroad(&mut self, ordinal: usize) -> String {
        if ordinal == 0 { ARABIC.to_owned() } else { format!("{} mission", self.area()) }
    }
}

/// Whether `name` contains the name of a real place.
pub(crate) fn echoes_a_real_place(name: &str) -> bool {
    let name = name.to_lowercase();
    REAL_NAMES.iter().any(|real| name.contains(real))
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_is_large_unique_and_real_names_are_kept_out() {
        let names = Names::new("7");
        assert!(names.stock.len() > 4_000, "{}", names.stock.len());
        assert!(names.stock.iter().all(|name| !echoes_a_real_place(name)));
        assert!(echoes_a_real_place("Nairobi West") && echoes_a_real_place("Gulufol"));
        assert!(names.stock.iter().any(|name| name.starts_with("Ng'")));
        assert!(names.stock.iter().any(|name| name.starts_with('Ñ')));
    }
}
