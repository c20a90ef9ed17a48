"""The remarks of an SDN entry: phrases between semicolons, each a fact after its name."""

import re
from collections.abc import Callable

from node.intake import countries, days, names
from node.intake.rows import Gathering

#: Property -> the words that stand before such a number, with strokes between them.
_WORDS = {
    "passportNumber": "Passport|Diplomatic Passport|Travel Document Number"
    "|British National Overseas Passport",
    "idNumber": "National ID No.|Identification Number|Cedula No.|Personal ID Card|D.N.I.|C.U.R.P."
    "|Citizen's Card Number|Residency Number|LE Number|National Foreign ID Number"
    "|Bosnian Personal ID No.|Kuwait ID Number|Turkish Identification Number|Numero de Identidad",
    "socialSecurityNumber": "SSN",
    "taxNumber": "Tax ID No.|NIT #|R.F.C.|RUC #|RIF #|RTN|C.U.I.T.|C.U.I.|CNPJ|C.I.F.|US FEIN"
    "|Italian Fiscal Code|Fiscal Code",
    "vatCode": "V.A.T. Number",
    "registrationNumber": "Registration Number|Registration ID|Business Registration Number"
    "|Business Registration Document #|Business Number|Company Number|UK Company Number|C.R. No."
    "|Commercial Registry Number|Trade License No.|Matricula Mercantil No|Folio Mercantil No."
    "|Public Registration Number|Registered Charity No.|Chamber of Commerce Number"
    "|Enterprise Number|Certificate of Incorporation Number|Organization Code|File Number"
    "|Aircraft Tail Number",
    "uscCode": "Unified Social Credit Code (USCC)|United Social Credit Code Certificate (USCCC)",
    "okpoCode": "Government Gazette Number",
    "dunsCode": "D-U-N-S Number",
    "swiftBic": "SWIFT/BIC",
    "leiCode": "Legal Entity Number",
    "imoNumber": "Vessel Registration Identification IMO|Identification Number IMO"
    "|Company Number IMO|Registration Number IMO",
    "mmsi": "MMSI",
    "serialNumber": "Aircraft Manufacturer's Serial Number (MSN)"
    "|Aircraft Construction Number (also called L/N or S/N or F/N)",
    "icaoCode": "Aircraft Mode S Transponder Code",
    "phone": "Phone Number|Telephone",
    "otherNumber": "Tarjeta Profesional No.|Driver's License No.|Electoral Registry No."
    "|Birth Certificate Number|Credencial electoral|Cartilla de Servicio Militar Nacional",
}

_NUMBERS = {lead: name for name, leads in _WORDS.items() for lead in leads.split("|")}
_LEADS = re.compile("|".join(re.escape(words) for words in sorted(_NUMBERS, key=len, reverse=True)))
_NUMBER = re.compile(
    r"[ #:]*(?P<number>(?=[^()]*\d)[^()\s][^()]*?)(?: \((?P<country>[^()]+)\))?"
    r"(?P<more> (?:issued|expires)\b.*)?"
)
_TELEPHONE = re.compile(r"\s*\((?P<country>\d+)\)\s*\((?P<number>[\d -]+)\)")
_NAME = re.compile(r"(?P<use>[afn])\.k\.a\. '(?P<name>.+)'")
_ALTERNATIVE = re.compile(r"^alt\.\s+", re.IGNORECASE)
_USES = {"a": "weakAlias", "f": "previousName", "n": "alias"}
_RUSSIAN_TAX = re.compile(r"\d{10}|\d{12}")


def read(gathering: Gathering, text: str, schema: str) -> None:
    """Keep every phrase: under the property it names, else as a note in its own words."""
    for phrase in text.removesuffix(".").split("; "):
        plain = _ALTERNATIVE.sub("", phrase)
        lead = next((words for words in _SAYS if plain.startswith(words)), "")
        if lead:
            _SAYS[lead](gathering, plain.removeprefix(lead).strip(), schema)
        elif not (_name(gathering, plain, schema) or _number(gathering, plain)):
            gathering.note("", phrase)


def _name(gathering: Gathering, phrase: str, schema: str) -> bool:
    """Names in quotes are those that OFAC thinks weak, or that a ship bore before."""
    found = _NAME.fullmatch(phrase)
    if found is None:
        return False
    name = found["name"]
    gathering.add(_USES[found["use"]], names.person(name)[0] if schema == "Person" else name)
    return True


def _number(gathering: Gathering, phrase: str) -> bool:
    lead = _LEADS.match(phrase)
    if lead is None:
        return False
    name, rest = _NUMBERS[lead[0]], phrase[lead.end() :]
    if telephone := _TELEPHONE.fullmatch(rest):
        gathering.add(name, f"+{telephone['country']} {telephone['number']}")
        return True
    found = _NUMBER.fullmatch(rest)
    if found is None:
        return False
    number = found["number"]
    if name == "taxNumber" and found["country"] == "Russia" and _RUSSIAN_TAX.fullmatch(number):
        name = "innCode"
    gathering.add(name, number)
    if found["country"] or found["more"] or name == "otherNumber":
        gathering.note("", phrase)
    return True


def _birth(gathering: Gathering, text: str, _schema: str) -> None:
    """A date, a year round which it lies, or a span of years or days."""
    first, _, last = text.removeprefix("circa ").partition(" to ")
    exact = (days.partial(first), days.partial(last))
    if not last:
        gathering.day("birthDate", first)
    elif exact[0][:4] == exact[1][:4]:
        gathering.add("birthDate", exact[0][:4])
    else:
        gathering.add("birthDate", *days.years(*exact))
    if last or first != text:
        gathering.note("birthDate", text)


def _birth_place(gathering: Gathering, text: str, _schema: str) -> None:
    """A place in its words, and the country at its end: "Korea, North" is one that has a comma."""
    gathering.add("birthPlace", text)
    parts = text.split(", ")
    for ending in (", ".join(parts[-2:]), parts[-1]):
        found, is_whole = countries.codes(ending)
        if found and is_whole:
            gathering.add("birthCountry", *found)
            return


def _wallet(gathering: Gathering, text: str, _schema: str) -> None:
    """A currency and an address in it."""
    gathering.add("otherNumber", text.rpartition(" ")[2])
    gathering.note("", f"Digital Currency Address - {text}")


def _country(name: str) -> Callable[[Gathering, str, str], None]:
    return lambda gathering, text, _schema: gathering.country(name, text)


def _plain(name: str) -> Callable[[Gathering, str, str], None]:
    return lambda gathering, text, _schema: gathering.add(name, text)


def _day(name: str) -> Callable[[Gathering, str, str], None]:
    return lambda gathering, text, _schema: gathering.day(name, text)


#: Words that begin a phrase -> what reads the rest of it.
_SAYS: dict[str, Callable[[Gathering, str, str], None]] = {
    "DOB ": _birth,
    "POB ": _birth_place,
    "nationality ": _country("nationality"),
    "citizen ": _country("citizenship"),
    "Gender ": lambda gathering, text, _schema: gathering.gender(text),
    "Nationality of Registration ": _country("jurisdiction"),
    "Other Vessel Flag ": _country("flag"),
    "Former Vessel Flag ": _country("pastFlags"),
    "Digital Currency Address - ": _wallet,
    "Email Address ": _plain("email"),
    "Website ": _plain("website"),
    "Aircraft Model ": _plain("model"),
    "Organization Established Date ": _day("incorporationDate"),
    "Aircraft Manufacture Date ": _day("buildDate"),
}
