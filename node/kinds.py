"""What a record can be about: FollowTheMoney's words, ours beside them, what properties mean."""

from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from federation.messages import Entity, Identifier
from node.codes import IdentifierType, type_word


class Kind(StrEnum):
    """The families that an analyst searches by."""

    PERSON = "person"
    ORGANISATION = "organisation"
    VEHICLE = "vehicle"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    DOCUMENT = "document"
    PHONE = "phone"
    ACCOUNT = "account"
    CONTAINER = "container"
    CONSIGNMENT = "consignment"
    SEIZURE = "seizure"
    EVENT = "event"
    PLACE = "place"
    LINK = "link"
    OTHER = "other"


#: Schema word -> kind. Words are FollowTheMoney 4.11's, but for Phone, Container, Consignment
#: and Seizure, which it does not have; a word that stands in neither is not loaded.
KIND_OF = MappingProxyType(
    {
        "Person": Kind.PERSON,
        "LegalEntity": Kind.ORGANISATION,
        "Organization": Kind.ORGANISATION,
        "Company": Kind.ORGANISATION,
        "PublicBody": Kind.ORGANISATION,
        "Vehicle": Kind.VEHICLE,
        "Vessel": Kind.VESSEL,
        "Airplane": Kind.AIRCRAFT,
        "Passport": Kind.DOCUMENT,
        "Identification": Kind.DOCUMENT,
        "Phone": Kind.PHONE,
        "BankAccount": Kind.ACCOUNT,
        "CryptoWallet": Kind.ACCOUNT,
        "UserAccount": Kind.ACCOUNT,
        "Security": Kind.ACCOUNT,
        "Container": Kind.CONTAINER,
        "Consignment": Kind.CONSIGNMENT,
        "Seizure": Kind.SEIZURE,
        "Event": Kind.EVENT,
        "Trip": Kind.EVENT,
        "Call": Kind.EVENT,
        "Message": Kind.EVENT,
        "Payment": Kind.EVENT,
        "Address": Kind.PLACE,
        "RealEstate": Kind.PLACE,
        "Territory": Kind.PLACE,
        "Associate": Kind.LINK,
        "Control": Kind.LINK,
        "ContractAward": Kind.LINK,
        "CourtCaseParty": Kind.LINK,
        "Debt": Kind.LINK,
        "Directorship": Kind.LINK,
        "Documentation": Kind.LINK,
        "Employment": Kind.LINK,
        "Family": Kind.LINK,
        "Membership": Kind.LINK,
        "Occupancy": Kind.LINK,
        "Ownership": Kind.LINK,
        "ProjectParticipant": Kind.LINK,
        "Representation": Kind.LINK,
        "Similar": Kind.LINK,
        "Succession": Kind.LINK,
        "UnknownLink": Kind.LINK,
    }
    | dict.fromkeys(
        (
            "Article Asset Audio CallForTenders Contract CourtCase Document EconomicActivity Email"
            " Folder HyperText Image License Mention Note Package Page Pages PlainText Position"
            " Project Risk Sanction Table TaxRoll Video Workbook"
        ).split(),
        Kind.OTHER,
    )
)

#: The schema word used when a format names only the kind.
SCHEMA_FOR = MappingProxyType(
    {
        Kind.PERSON: "Person",
        Kind.ORGANISATION: "Organization",
        Kind.VEHICLE: "Vehicle",
        Kind.VESSEL: "Vessel",
        Kind.AIRCRAFT: "Airplane",
        Kind.DOCUMENT: "Identification",
        Kind.PHONE: "Phone",
        Kind.ACCOUNT: "BankAccount",
        Kind.CONTAINER: "Container",
        Kind.CONSIGNMENT: "Consignment",
        Kind.SEIZURE: "Seizure",
        Kind.EVENT: "Event",
        Kind.PLACE: "Address",
        Kind.LINK: "UnknownLink",
        Kind.OTHER: "Note",
    }
)

#: The two ends of a link: (from property, to property).
ENDS = MappingProxyType(
    {
        "Associate": ("person", "associate"),
        "Control": ("controller", "controlled"),
        "ContractAward": ("contract", "supplier"),
        "CourtCaseParty": ("party", "case"),
        "Debt": ("debtor", "creditor"),
        "Directorship": ("director", "organization"),
        "Documentation": ("document", "entity"),
        "Employment": ("employee", "employer"),
        "Family": ("person", "relative"),
        "Membership": ("member", "organization"),
        "Occupancy": ("holder", "post"),
        "Ownership": ("owner", "asset"),
        "ProjectParticipant": ("participant", "project"),
        "Representation": ("agent", "client"),
        "Similar": ("subject", "candidate"),
        "Succession": ("predecessor", "successor"),
        "UnknownLink": ("subject", "object"),
    }
)

#: Properties whose values are ids of other records of the same source.
POINTERS = frozenset(
    {end for ends in ENDS.values() for end in ends}
    | set(
        (
            "holder addressEntity parent entity operator owner payer beneficiary caller receiver"
            " sender recipients involved organizer bank resolved proof authority_entity seizure"
            " consignment container vessel"
        ).split()
    )
)

#: How a name is used by its bearer, strongest first.
NAME_USE = MappingProxyType(
    {
        "name": "primary",
        "title": "primary",
        "alias": "alias",
        "abbreviation": "alias",
        "previousName": "former",
        "weakAlias": "weak",
    }
)

_PERSONS_NAME_USE = MappingProxyType({k: use for k, use in NAME_USE.items() if k != "title"})

#: Property -> identifier type where one property means one type whatever the schema.
_TYPE_OF = MappingProxyType(
    {
        "passportNumber": IdentifierType.PASSPORT,
        "idNumber": IdentifierType.NATIONAL_ID,
        "socialSecurityNumber": IdentifierType.NATIONAL_ID,
        "personalNumber": IdentifierType.NATIONAL_ID,
        "taxNumber": IdentifierType.TAX,
        "vatCode": IdentifierType.TAX,
        "innCode": IdentifierType.TAX_RU,
        "registrationNumber": IdentifierType.REGISTRATION,
        "ogrnCode": IdentifierType.REGISTRATION,
        "imoNumber": IdentifierType.IMO,
        "mmsi": IdentifierType.MMSI,
        "callSign": IdentifierType.CALLSIGN,
        "vin": IdentifierType.VIN,
        "containerNumber": IdentifierType.CONTAINER,
        "iban": IdentifierType.IBAN,
        "phone": IdentifierType.PHONE,
        "email": IdentifierType.EMAIL,
        "imei": IdentifierType.IMEI,
        "accountNumber": IdentifierType.ACCOUNT,
        "otherNumber": IdentifierType.OTHER,
        "leiCode": IdentifierType.OTHER,
        "swiftBic": IdentifierType.OTHER,
        "icaoCode": IdentifierType.OTHER,
        "serialNumber": IdentifierType.OTHER,
        "publicKey": IdentifierType.OTHER,
    }
)

#: (property, kind) -> identifier type where the schema changes the meaning.
_TYPE_IN = MappingProxyType(
    {
        ("registrationNumber", Kind.VEHICLE): IdentifierType.PLATE,
        ("imoNumber", Kind.ORGANISATION): IdentifierType.IMO_COMPANY,
        ("idNumber", Kind.ORGANISATION): IdentifierType.REGISTRATION,
    }
)

_PROPERTY_FOR = MappingProxyType(
    {
        IdentifierType.PASSPORT: "passportNumber",
        IdentifierType.NATIONAL_ID: "idNumber",
        IdentifierType.TAX: "taxNumber",
        IdentifierType.TAX_RU: "innCode",
        IdentifierType.REGISTRATION: "registrationNumber",
        IdentifierType.IMO: "imoNumber",
        IdentifierType.IMO_COMPANY: "imoNumber",
        IdentifierType.MMSI: "mmsi",
        IdentifierType.CALLSIGN: "callSign",
        IdentifierType.VIN: "vin",
        IdentifierType.PLATE: "registrationNumber",
        IdentifierType.CONTAINER: "containerNumber",
        IdentifierType.IBAN: "iban",
        IdentifierType.PHONE: "phone",
        IdentifierType.EMAIL: "email",
        IdentifierType.IMEI: "imei",
        IdentifierType.ACCOUNT: "accountNumber",
        IdentifierType.OTHER: "otherNumber",
    }
)


def kind_of(schema: str) -> Kind:
    """The kind of a schema word. Raises `KeyError` for a word that is not in the list."""
    return KIND_OF[schema]


def names_of(entity: Entity) -> tuple[tuple[str, str], ...]:
    """Every name with its use: primary, alias, former or weak.

    A person's `title` is a form of address, no name.
    """
    uses = _PERSONS_NAME_USE if entity.schema == "Person" else NAME_USE
    return tuple([(use, value) for name, use in uses.items() for value in entity.all(name)])


def identifiers_of(entity: Entity) -> tuple[Identifier, ...]:
    """Every number the entity is known by, typed by property and kind, as it was typed."""
    kind = KIND_OF[entity.schema]
    found = []
    for name, values in entity.properties.items():
        kind_type = _identifier_type(name, kind)
        if kind_type is not None:
            found += [_typed(kind_type, value) for value in values]
    return tuple(found)


def property_for(identifier: Identifier, kind: Kind) -> tuple[str, str]:
    """The property and value under which a typed number is kept for this kind.

    A type that does not fit the kind, or is not in the list, is kept as `otherNumber` with
    its name in front, so that nothing is lost and `identifiers_of` gives it back. A type may be
    written in any case.
    """
    word = type_word(identifier.type)
    if word in _PROPERTY_FOR and word != IdentifierType.OTHER:
        name = _PROPERTY_FOR[IdentifierType(word)]
        if _identifier_type(name, kind) == word:
            return name, identifier.value
    return "otherNumber", f"{word}:{identifier.value}"


@lru_cache(maxsize=4096)
def _identifier_type(name: str, kind: Kind) -> IdentifierType | None:
    if kind is Kind.DOCUMENT and name == "number":
        return IdentifierType.PASSPORT
    if kind is Kind.PHONE and name == "number":
        return IdentifierType.PHONE
    return _TYPE_IN.get((name, kind)) or _TYPE_OF.get(name)


def _typed(kind_type: IdentifierType, value: str) -> Identifier:
    if kind_type is IdentifierType.OTHER:
        before, colon, rest = value.partition(":")
        if colon and before and (name := type_word(before)) in set(IdentifierType):
            return Identifier(name, rest)
    return Identifier(kind_type, value)
