// A stand-in for Google's tag, written for these tests: it takes the commands in their order, sets
// the cookies and sends the hits that the real one does. Unlike that, it is silent until the
// storage of analytics is granted, and it writes down what it saw in window.googleSeen.
(function (mode) {
  "use strict";
  const TWO_YEARS = 63072000;
  const EVERY_MS = 200;
  const COLLECT = "https://region1.google-analytics.com/g/collect";
  const seen = { mode, commands: [], ignored: [], hits: [], writes: 0 };
  const consent = { default: {}, update: {} };
  const fixed = {};
  const waiting = [];
  let started = false;

  function state(kind) {
    return { ...consent.default, ...consent.update }[kind] === "granted";
  }

  function apex() {
    return "." + location.hostname.split(".").slice(-2).join(".");
  }

  function write(name, value, config) {
    const { cookie_domain: domain = "auto", cookie_expires: age = TWO_YEARS } = config;
    const parts = [`${name}=${value}`, `Path=${config.cookie_path ?? "/"}`];
    // The word "none" stands for this host alone.
    if (domain !== "none") parts.push(`Domain=${domain === "auto" ? apex() : domain}`);
    if (age) parts.push(`Max-Age=${age}`);
    if (config.cookie_flags) parts.push(config.cookie_flags);
    document.cookie = parts.join("; ");
    seen.writes += 1;
  }

  function person() {
    const known = document.cookie.match(/(?:^|; )_ga=GA1\.1\.([^;]+)/);
    const now = Math.floor(Date.now() / 1000);
    return known ? known[1] : `${Math.floor(Math.random() * 2 ** 31)}.${now}`;
  }

  function send(target, client, config) {
    const fields = {
      v: "2",
      tid: target,
      gcs: `G1${Number(state("ad_storage"))}${Number(state("analytics_storage"))}`,
      cid: client,
      en: "page_view",
      dl: config.page_location ?? location.href,
      dr: config.page_referrer ?? document.referrer,
      dt: config.page_title ?? document.title,
    };
    const url = `${COLLECT}?${new URLSearchParams(fields)}`;
    seen.hits.push(url);
    if (!navigator.sendBeacon(url)) fetch(url, { method: "POST", keepalive: true, mode: "no-cors" });
  }

  function measure(target, config) {
    const client = person();
    const writeBoth = () => {
      write("_ga", `GA1.1.${client}`, config);
      write(`_ga_${target.replace(/^G-/, "")}`, `GS2.1.s${client.split(".")[1]}$o1$g0`, config);
    };
    // Whoever does not let go writes wherever a cookie can be.
    const writeEverywhere = () => {
      writeBoth();
      write("_ga", `GA1.1.${client}`, { ...config, cookie_domain: "auto" });
    };
    writeBoth();
    if (mode !== "plain") {
      writeEverywhere();
      setInterval(writeEverywhere, EVERY_MS);
    }
    if (mode === "parting") addEventListener("pagehide", writeEverywhere);
    if (config.send_page_view !== false) send(target, client, config);
  }

  function measureWhatMay() {
    if (!started || !state("analytics_storage")) return;
    for (const [target, config] of waiting.splice(0)) measure(target, { ...fixed, ...config });
  }

  const verbs = {
    consent: (when, states) => Object.assign(consent[when], states),
    js: () => (started = true),
    set: (fields) => Object.assign(fixed, fields),
    config: (target, config = {}) => waiting.push([target, config]),
  };

  function take(command) {
    // The real tag takes the arguments object of gtag() alone; an array in its place does nothing.
    if (Object.prototype.toString.call(command) !== "[object Arguments]") {
      seen.ignored.push(command);
      return;
    }
    const [verb, ...rest] = command;
    seen.commands.push([verb, ...rest]);
    verbs[verb]?.(...rest);
    measureWhatMay();
  }

  window.googleSeen = seen;
  const layer = (window.dataLayer ??= []);
  const push = layer.push.bind(layer);
  layer.push = (...commands) => {
    const length = push(...commands);
    commands.forEach(take);
    return length;
  };
  layer.slice().forEach(take);
})("@MODE@");
