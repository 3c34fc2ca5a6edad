// Runs only on pages of a visitor who agreed to statistics, before Google's own script.
// Consent mode: everything is denied first, then storage for analytics alone is granted.
(function () {
  "use strict";
  var tag = document.currentScript;
  var id = tag.dataset.measurementId;
  var disable = "ga-disable-" + id;
  var seconds = Number(tag.dataset.cookieSeconds);
  var way = performance.getEntriesByType("navigation")[0];

  // A page that comes out of the browser's memory may be older than a withdrawal: ask for it anew.
  window.addEventListener("pagehide", function () { window[disable] = true; });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });
  if (way && way.type === "back_forward") {
    window[disable] = true;
    window.location.reload();
    return;
  }
  document.addEventListener("submit", function (event) {
    var button = event.submitter;
    if (button && button.name === "choice" && button.value === "refuse") { window[disable] = true; }
  });
  // Another window may have withdrawn: its answer deletes Google's cookies, which shows here.
  watch();

  window.dataLayer = window.dataLayer || [];
  function gtag() { window.dataLayer.push(arguments); }
  gtag("consent", "default", {
    ad_personalization: "denied",
    ad_storage: "denied",
    ad_user_data: "denied",
    analytics_storage: "denied",
    functionality_storage: "denied",
    personalization_storage: "denied",
    security_storage: "denied"
  });
  gtag("consent", "update", { analytics_storage: "granted" });
  gtag("js", new Date());
  gtag("config", id, {
    allow_ad_personalization_signals: false,
    allow_google_signals: false,
    cookie_domain: "none",
    cookie_expires: seconds,
    cookie_flags: "SameSite=Lax" + (window.location.protocol === "https:" ? ";Secure" : ""),
    cookie_update: false,
    // No question mark and nothing behind it: an address may have been written by anybody.
    page_location: window.location.origin + window.location.pathname,
    page_referrer: referrer()
  });

  function stop() {
    window[disable] = true;
    // Not while somebody may be typing; there the switch has to do.
    if (!document.querySelector("main form textarea")) { window.location.reload(); }
  }
  function isGoogles(cookie) { return cookie.name.indexOf("_ga") === 0; }
  function watch() {
    var had = false;
    if (window.cookieStore && window.cookieStore.addEventListener) {
      window.cookieStore.addEventListener("change", function (event) {
        if (event.deleted.some(isGoogles)) { stop(); }
      });
      return;
    }
    window.setInterval(function () {
      var has = /(^|; )_ga=/.test(document.cookie);
      if (had && !has) { stop(); }
      had = has;
    }, 1000);
  }
  function referrer() {
    try {
      return document.referrer ? new URL(document.referrer).origin + "/" : "";
    } catch (error) {
      return "";
    }
  }
}());
