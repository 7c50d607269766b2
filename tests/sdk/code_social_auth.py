"""Browser logins of social-auth-core, by its OpenID Connect backend: what Django and Flask sites use."""

from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import SocialAuthBaseException
from social_core.storage import AssociationMixin, BaseStorage
from social_core.strategy import BaseStrategy
from walk import REDIRECT, SECRET, SERVER, SHOP, query_of, refused, visit


class Kept:
    """What a site keeps in a table: one row for all three values."""

    def __init__(self, server_url, timestamp, salt):
        self.server_url, self.timestamp, self.salt = server_url, timestamp, salt


class Nonces:
    rows = {}

    @classmethod
    def use(cls, server_url, timestamp, salt):
        is_new = (server_url, salt) not in cls.rows
        cls.rows.setdefault((server_url, salt), Kept(server_url, timestamp, salt))
        return is_new

    @classmethod
    def get(cls, server_url, salt):
        return cls.rows.get((server_url, salt))

    @classmethod
    def delete(cls, nonce):
        cls.rows.pop((nonce.server_url, nonce.salt), None)

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        found = cls.get(server_url, salt)
        is_it = found is not None and found.timestamp == timestamp
        if is_it:
            cls.delete(found)
        return is_it


class Associations(AssociationMixin):
    rows = []

    @classmethod
    def store(cls, server_url, association):
        row = cls()
        row.id, row.server_url, row.handle = len(cls.rows), server_url, association.handle
        row.issued, row.lifetime = association.issued, association.lifetime
        row.secret, row.assoc_type = association.secret, association.assoc_type
        cls.rows.append(row)

    @classmethod
    def get(cls, server_url=None, handle=None):
        return [one for one in cls.rows if handle in (None, one.handle)]

    @classmethod
    def remove(cls, ids):
        cls.rows = [one for one in cls.rows if one.id not in ids]


class Storage(BaseStorage):
    nonce, association = Nonces, Associations


class Strategy(BaseStrategy):
    def __init__(self, secret):
        super().__init__(Storage)
        self.session = {}
        self.settings = {
            "SOCIAL_AUTH_OIDC_OIDC_ENDPOINT": SERVER,
            "SOCIAL_AUTH_OIDC_KEY": SHOP,
            "SOCIAL_AUTH_OIDC_SECRET": secret,
        }
        self.asked = {}

    def get_setting(self, name):
        return self.settings[name]

    def session_get(self, name, default=None):
        return self.session.get(name, default)

    def session_set(self, name, value):
        self.session[name] = value

    def session_pop(self, name):
        return self.session.pop(name, None)

    def request_data(self, merge=True):
        return self.asked

    def build_absolute_uri(self, path=None):
        return path

    def authenticate(self, backend, *args, **more):
        """Replaces a pipeline that creates users in a database."""
        return {**backend.get_user_details(more["response"]), "id_token": backend.id_token}


class Backend(OpenIdConnectAuth):
    name = "oidc"


def begin(secret):
    strategy = Strategy(secret)
    backend = Backend(strategy, redirect_uri=REDIRECT)
    strategy.asked = query_of(visit(backend.auth_url()))
    return Backend(strategy, redirect_uri=REDIRECT), strategy


def complete(backend, strategy):
    backend.data = strategy.asked
    return backend.auth_complete()


backend, strategy = begin(SECRET)
kept = dict(strategy.session), dict(Nonces.rows), list(Associations.rows)
who = complete(backend, strategy)
assert (who["email"], who["first_name"]) == ("ada@example.com", "Ada"), who
assert who["id_token"]["account_id"], who
# The app forgets that it has used the code.
strategy.session, Nonces.rows, Associations.rows = kept
refused(SocialAuthBaseException, "authorization code was rejected", lambda: complete(backend, strategy))
liar, its_strategy = begin("wrong")
# It reports to a site only that its settings are wrong.
refused(SocialAuthBaseException, "configuration is invalid", lambda: complete(liar, its_strategy))
print("social-auth-core: login, RS256 ID token, user info; refused: the code again, secret")
