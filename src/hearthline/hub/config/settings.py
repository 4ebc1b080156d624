# SPDX-License-Identifier: Apache-2.0
"""All settings, from the environment. Policy (clocks, numbers, law) is in the country pack.

HEARTHLINE_DOOR says which program this is: `public`, `desk`, `partners`, `worker`, or `all`
for tests and management commands. `hearthline serve` hands each door only the keys it may hold.
"""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from hearthline.hub.config.environment import (
    contacts,
    count,
    desk_keys,
    flag,
    mapping,
    secret,
    text,
    words,
)
from hearthline.kit.packs import Pack, read_pack

HUB = Path(__file__).resolve().parent.parent
HOME = Path(text("HEARTHLINE_HOME", "hearthline-data")).resolve()
DOOR = text("HEARTHLINE_DOOR", "all")
DEMO = flag("HEARTHLINE_DEMO")
DEBUG = False

# The country.
_country = text("HEARTHLINE_COUNTRY", "generic")
PACK: Pack = read_pack(
    Path(_country)
    if _country.endswith(".toml")
    else HUB / "config" / "countries" / f"{_country}.toml"
)

# Keys. Each process is started with the ones its door may hold; `hearthline keys` makes them.
SECRET_KEY = secret("HEARTHLINE_SECRET_KEY")
PEPPER = secret("HEARTHLINE_PEPPER")
VISIT_SECRET = secret("HEARTHLINE_VISIT_SECRET")
# The desk may hold several private keys and the log several public ones, the current one first.
DESK_PUBLIC_KEY = secret("HEARTHLINE_DESK_PUBLIC_KEY")
DESK_PRIVATE_KEY = desk_keys()
AUDIT_PUBLIC_KEY = secret("HEARTHLINE_AUDIT_PUBLIC_KEY")
AUDIT_PRIVATE_KEY = secret("HEARTHLINE_AUDIT_PRIVATE_KEY")
# Signs versions of the block list; networks check them by the public one (docs/blocking.md).
BLOCKLIST_PUBLIC_KEY = secret("HEARTHLINE_BLOCKLIST_PUBLIC_KEY")
BLOCKLIST_PRIVATE_KEY = secret("HEARTHLINE_BLOCKLIST_PRIVATE_KEY")

# Addresses.
PUBLIC_URL = text("HEARTHLINE_PUBLIC_URL", "http://127.0.0.1:8000")
DESK_URL = text("HEARTHLINE_DESK_URL", "http://127.0.0.1:8001")
PARTNERS_URL = text("HEARTHLINE_PARTNERS_URL", "http://127.0.0.1:8002")
ALLOWED_HOSTS = words("HEARTHLINE_HOSTS", "127.0.0.1 localhost")
# How many of our own proxies stand between the public and this process (docs/operators.md).
TRUSTED_PROXIES = count("HEARTHLINE_TRUSTED_PROXIES", most=5)
# By this program's own address: a desk behind TLS keeps its cookies there, whatever the others do.
_secure = {"desk": DESK_URL, "partners": PARTNERS_URL}.get(DOOR, PUBLIC_URL).startswith("https://")
CSRF_TRUSTED_ORIGINS = [
    url for url in (PUBLIC_URL, DESK_URL, PARTNERS_URL) if url.startswith("https://")
]

# Mail and availability checks.
SMTP_HOST = text("HEARTHLINE_SMTP_HOST", "127.0.0.1")
SMTP_PORT = int(text("HEARTHLINE_SMTP_PORT", "25"))
SMTP_USER = text("HEARTHLINE_SMTP_USER")
SMTP_PASSWORD = secret("HEARTHLINE_SMTP_PASSWORD")
SMTP_STARTTLS = flag("HEARTHLINE_SMTP_STARTTLS")
MAIL_FROM = text("HEARTHLINE_MAIL_FROM", "hotline@hearthline.invalid")
REPORTER_ORGANISATION = text("HEARTHLINE_ORGANISATION", PACK.country.service_name)
# Names the demonstration's own host answers for, such as "harbour-host.test=127.0.0.1:8480".
# Outside a demonstration nothing widens the guard against internal addresses.
PROBE_HOSTS = mapping("HEARTHLINE_PROBE_HOSTS") if DEMO else {}
# Certificate authorities trusted for HTTPS endpoints of hosts besides the system's own, as PEM.
_ca_file = text("HEARTHLINE_CA_FILE")
CA_ROOTS = Path(_ca_file).read_text(encoding="utf-8") if _ca_file else None
# Where a host is, is asked of the DNS and of registers outside (RDAP): only where it is wanted, and
# never in a demonstration. IANA's three bootstrap files may lie in a folder, newer than ours.
HOSTING_LOOKUPS = flag("HEARTHLINE_HOSTING_LOOKUPS") and not DEMO
RDAP_BOOTSTRAP = text("HEARTHLINE_RDAP_BOOTSTRAP")
DEMO_INBOX = Path(text("HEARTHLINE_DEMO_INBOX", str(HOME / "inbox")))

# Numbers for Prometheus are shown to whoever brings this; empty, there is no such page.
METRICS_TOKEN = secret("HEARTHLINE_METRICS_TOKEN")

# Who hears of a weakness in this service (RFC 9116), and for how many days after the last
# `hearthline setup` that may be believed; without a contact there is no such page.
SECURITY_CONTACTS = contacts("HEARTHLINE_SECURITY_CONTACT")
SECURITY_DAYS = count("HEARTHLINE_SECURITY_DAYS", most=364) or 180

# The database.
DATABASE_URL = secret("DATABASE_URL")
if DATABASE_URL:
    DATABASES = {
        "default": dj_database_url.parse(
            DATABASE_URL,
            conn_max_age=60,
            # A database that was started again is found again by the next request.
            conn_health_checks=True,
        )
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "hearthline.hub.config.sqlite",
            "NAME": str(HOME / "hearthline.sqlite3"),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                # One writer at a time, waiting its turn, and on disk before we say "received".
                # What is deleted is overwritten, so that an ended key does not stay in the file;
                # what is sorted on the way to an answer stays in memory.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "audit",
    "clocks",
    "sealing",
    "ui",
    "mail",
    "accounts",
    "care",
    "directory",
    "evidence",
    "hosting",
    "reports",
    "cases",
    "referrals",
    "notices",
    "blocklists",
    "complaints",
    "appeals",
    "drills",
    "statistics",
]
_public = DOOR == "public"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *(f"hearthline.hub.{room}" for room in ROOMS),
    *(["hearthline.hub.demo"] if DEMO else []),
    # Nobody signs in at the public door.
    *([] if _public else ["allauth", "allauth.account", "allauth.mfa"]),
    "django.forms",
    "csp",
]

MIDDLEWARE = [
    # Programs speak at the partners' door: they are answered with problems, never with pages.
    *(
        ["hearthline.hub.reports.api_problems.ProblemMiddleware"]
        if DOOR in {"partners", "all"}
        else []
    ),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # The public door keeps no session: nothing about a child outlives the page.
    *([] if _public else ["django.contrib.sessions.middleware.SessionMiddleware"]),
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    *(
        []
        if _public
        else [
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "hearthline.hub.accounts.sittings.SittingMiddleware",
            "hearthline.hub.accounts.second_factor.SecondFactorMiddleware",
        ]
    ),
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hearthline.hub.ui.privacy.PrivacyMiddleware",
]

_door_urls = DOOR if DOOR in {"public", "desk", "partners"} else "all"
ROOT_URLCONF = f"hearthline.hub.config.urls.{_door_urls}"
WSGI_APPLICATION = "hearthline.hub.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # The ui room overrides the sign-in pages of allauth, so it is looked at first.
        "DIRS": [HUB / "ui" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                *(
                    []
                    if _public
                    else [
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                        "hearthline.hub.care.context.care",
                    ]
                ),
                "hearthline.hub.ui.context.face",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "hearthline.hub.ui.templatetags.face",
                "hearthline.hub.sealing.templatetags.words",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Sign-in: no public sign-up; a password and always a second factor.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "hearthline.hub.accounts.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Wrong tries are counted by account, in the database, and never by IP address: everybody at a
# desk shares one, and an attacker has many.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_ADAPTER = "hearthline.hub.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A passkey asks for a finger, a face or a number, so it counts as both factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "add_webauthn": "hearthline.hub.accounts.factor_forms.AddPasskeyForm",
    "authenticate": "hearthline.hub.accounts.factor_forms.CodeForm",
    "reauthenticate": "hearthline.hub.accounts.factor_forms.ProveByCodeForm",
    "authenticate_webauthn": "hearthline.hub.accounts.factor_forms.UsePasskeyForm",
    "edit_webauthn": "hearthline.hub.accounts.factor_forms.RenamePasskeyForm",
    "login_webauthn": "hearthline.hub.accounts.factor_forms.SignInByPasskeyForm",
    "reauthenticate_webauthn": "hearthline.hub.accounts.factor_forms.ProveByPasskeyForm",
}
MFA_TOTP_ISSUER = PACK.country.service_name
# A ministry's identity provider (OpenID Connect); off while there is no issuer. Whoever signs in
# there is enrolled here already, and shows a second factor here too, unless the provider names
# one of these values in `acr` or `amr`.
OIDC_ISSUER = text("HEARTHLINE_OIDC_ISSUER")
OIDC_CLIENT_ID = text("HEARTHLINE_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = secret("HEARTHLINE_OIDC_CLIENT_SECRET")
OIDC_SUFFICIENT = words("HEARTHLINE_OIDC_SUFFICIENT")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "hearthline.hub.accounts.sessions"
SESSION_COOKIE_NAME = f"hearthline_{DOOR}"
SESSION_COOKIE_AGE = 60 * 60 * PACK.sign_in.session_hours
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = _secure
CSRF_COOKIE_NAME = f"hearthline_{DOOR}_csrf"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _secure
CSRF_FAILURE_VIEW = "hearthline.hub.ui.public.form_expired"

# What a browser may do with our pages: nothing from elsewhere, nothing inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF] if _public else [SELF, "data:"],  # the QR code of the second factor
        "script-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
# Not "no-referrer": browsers would then send forms from nowhere, and they would be refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _secure else None
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0

# The site takes text only: no file is ever parsed or kept.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Languages.
USE_TZ = True
TIME_ZONE = PACK.country.timezone
USE_I18N = True
LANGUAGES = [
    (code, name)
    for code, name in (
        ("en", "English"),
        ("zh-hans", "简体中文"),
        ("ar", "العربية"),
        ("es", "Español"),
        ("fr", "Français"),
        ("ru", "Русский"),
    )
    if code in PACK.country.languages
]
LANGUAGE_CODE = PACK.country.default_language
LANGUAGE_COOKIE_NAME = f"hearthline_{DOOR}_language"
LANGUAGE_COOKIE_AGE = None
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SECURE = _secure
FORMAT_MODULE_PATH = "hearthline.hub.config.formats"
# The public reads texts that have come as far as the country asks for; the desk reads all.
_texts = PACK.country.public_texts
LOCALE_PATHS = [HUB / "locale_public" / _texts if _public and _texts != "draft" else HUB / "locale"]

# Static files are hashed at set-up and served by the same process, so no other host is asked.
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "hearthline.hub.ui.static_files.CompressedHashedStorage"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "hearthline.hub.config.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"hearthline": {"level": "INFO"}},
}
