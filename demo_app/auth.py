"""Who is calling: a bearer token (RFC 6750) to the owner that it belongs to."""

from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct

from demo_app.models import Owner
from demo_app.services.owners import OwnerService
from jero import AuthenticationRequiredError


class Credentials(Struct):
    """The request header `Authorization`."""

    authorization: str


@dataclass(frozen=True, slots=True)
class TokenAuth:
    """Authenticates with `Authorization: Bearer TOKEN`."""

    challenge: ClassVar[str] = "Bearer"

    owners: OwnerService

    async def authenticate(self, headers: Credentials) -> Owner:
        """Give the token's owner. Raises AuthenticationRequiredError (401) where it is nobody's."""
        scheme, _, token = headers.authorization.partition(" ")
        owner = await self.owners.find_by_token(token.strip()) if scheme.lower() == "bearer" else None
        if owner is None:
            raise AuthenticationRequiredError(
                "the token is not valid", headers={"www-authenticate": 'Bearer error="invalid_token"'}
            )
        return owner
