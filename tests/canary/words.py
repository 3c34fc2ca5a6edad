"""Words that stand nowhere else: whoever finds one in clear has found a person."""

from tests.factories import PASSWORD

NAME = "Zülfüqarbəy Qəndabşəkərov"
EMAIL = "kanareyka7f3a@gecequsu-8842.example"
COMPANY = "Günəbaxankəpənək MMC"
PROJECT = "Şüşəbəndqarabatdaq layihəsi üçün qiymət lazımdır."
REPLY = "Cavabımız: Alabəzəkqaratoyuq."
NOTE = "Zəng etdi, Qeydsığırçını xatırlatdı."
DRAFT = "Qaralamaqızılgöz hələ bitməyib"
INCOMING = "Məktubda Gələnsarıköynək yazılıb."
CALLER = "Telefonəli Qırqovulov"
PHONE = "+994502228842"
PURPOSE = "Sorağıquşqonmaz üçün"
STAFF = "Mehparətumanlı Simurqova"
STAFF_EMAIL = "simurqstaff91@gecequsu-8842.example"
NETWORK = "203.0.113.88"
AGENT = "Kanaryabrowser/77.3 (Windows NT 10.0) Firefox/145.0"
GUESS = "sesperguess55"
WRONG_PASSWORD = "Tutuqusuparol-66"
# Of a person who demands something of their data, and of the officer who answers.
DETAILS = "Qarğadilənçi haqqında nə saxlayırsınız?"
QUESTION = "Leyləkmüraciəti nə vaxt cavablanacaq?"
ANSWER = "Durnaqatarıcavab hazırdır."
CASE_NOTE = "Bayquşqeydi: zəng gözlənilir."
SEEN = "Şahinvəsiqə göstərildi."
BETTER_NAME = "Zülfüqarbəy Bülbüləfşanlı"
NEW_EMAIL = "turacyeni41@gecequsu-8842.example"
THIRD_EMAIL = "sagsagan63@gecequsu-8842.example"
POSTAL = "Göyərçinküçə 17, Bakı"
WRITER = "Kəklikməktub Ördəkova"
TITLE, PAPER = "Ağcaqanadfaktura 7", "Pərvanəmüqavilə üzrə 900 AZN"
# Of colleagues about colleagues.
REASON = "Sərçəsəbəb: telefonunu itirib."
OTHER_EMAIL = "hophopyeni52@gecequsu-8842.example"
REVIEWER = "Qaranquşrəyçi Quququşu"
SCOPE, FINDINGS = "Tovuzquşubaxışı: girişlər", "Sağsağantapıntı iki giriş"
MEASURES, CLOSING = "Ağacdələntədbir görüldü", "Cırcıramabağlanış oldu"

# Single words, so that a part of a value is found as well as the whole.
WORDS = [
    *("Zülfüqarbəy", "Qəndabşəkərov", "kanareyka7f3a", "gecequsu-8842", "Günəbaxankəpənək"),
    *("Şüşəbəndqarabatdaq", "Alabəzəkqaratoyuq", "Qeydsığırçını", "Qaralamaqızılgöz"),
    *("Gələnsarıköynək", "Telefonəli", "Qırqovulov", "994502228842", "502228842"),
    "Sorağıquşqonmaz",
    *("Mehparətumanlı", "Simurqova", "simurqstaff91", NETWORK, "Kanaryabrowser"),
    *(GUESS, WRONG_PASSWORD, PASSWORD, EMAIL, NAME, STAFF_EMAIL, PHONE),
    *("Qarğadilənçi", "Leyləkmüraciəti", "Durnaqatarıcavab", "Bayquşqeydi", "Şahinvəsiqə"),
    *("Bülbüləfşanlı", "turacyeni41", "sagsagan63", "Göyərçinküçə", "Kəklikməktub", "Ördəkova"),
    *("Ağcaqanadfaktura", "Pərvanəmüqavilə", "Sərçəsəbəb", "hophopyeni52"),
    *("Qaranquşrəyçi", "Quququşu", "Tovuzquşubaxışı", "Sağsağantapıntı"),
    *("Ağacdələntədbir", "Cırcıramabağlanış"),
]
