package io.millrace.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row breaks the sound catalog in one place and names what must be said about it. */
class BadCatalogTest {

  @ParameterizedTest(name = "{2} → {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # instead of                  | line | write                                         | problems
          # -- the catalog
          catalog: smart-city           |  1 |                                                 | 2:1 missing-field
          catalog: smart-city           |  1 | catalog: smart city                             | 1:10 bad-name
          catalog: smart-city           |  1 | catalog:                                        | 1:1 missing-value
          catalog: smart-city           |  1 | catalog: [smart, city]                          | 1:10 bad-type
          catalog: smart-city           |  1 | catalogue: smart-city                           | 1:1 unknown-key, 1:1 missing-field
          effective: 2026-11-02         |  2 |                                                 | 1:1 missing-field
          effective: 2026-11-02         |  2 | effective: 2026-02-29                           | 2:12 bad-effective
          effective: 2026-11-02         |  2 | effective: 02.11.2026                           | 2:12 bad-effective
          effective: 2026-11-02         |  2 | effective: 9999-01-01                           | 2:12 bad-effective
          effective: 2026-11-02         |  2 | effective: 2026-11-02T00:00:00                  | 2:12 bad-effective
          effective: 2026-11-02         |  2 | effective: 2026-11-02T00:00:00.0001Z            | 2:12 bad-effective
          currency: EUR                 |  3 | currency: EURO                                  | 3:11 unknown-currency
          currency: EUR                 |  3 | currency: XAU                                   | 3:11 currency-without-minor-unit
          currency: EUR                 |  3 | currency: EUR, currency: USD                    | 3:24 bad-yaml
          currency: EUR                 |  3 | Currency: EUR                                   | 1:1 missing-field, 3:1 unknown-key
          zone: Europe/Madrid           |  4 | zone: Europe/Madird                             | 4:7 unknown-zone
          zone: Europe/Madrid           |  4 | zone: null                                      | 4:7 unknown-zone
          zone: Europe/Madrid           |  4 | catalog: again                                  | 1:1 missing-field, 4:1 duplicate-key
          period: 24h                   |  5 | period: week                                    | 5:9 bad-length
          period: 24h                   |  5 | period: PT59S                                   | 5:9 period-out-of-range
          period: 24h                   |  5 | period: PT60.5S                                 | 5:9 bad-length
          period: 24h                   |  5 | period: 9999h                                   | 5:9 period-out-of-range
          period: 24h                   |  5 | period: PT999999999999999H                      | 5:9 period-out-of-range
          period: 24h                   |  5 | period: &p 24h                                  | 5:9 no-anchors
          period: 24h                   |  5 | period: *p                                      | 5:9 no-anchors
          period: 24h                   |  5 | <<: {}                                          | 5:1 unknown-key
          period: 24h                   |  5 | ? [period]\\n: 24h                               | 5:3 bad-type
          period: 24h                   |  5 | ---                                             | 5:1 two-documents
          # -- features
          period: 24h                   |  5 | 'period: 24h\\nfeatures: {nav: {meter: energy, for: 1h}}' | 6:25 unlocked-by-no-count
          period: 24h                   |  5 | 'period: 24h\\nfeatures: {nav: {meter: enrgy, for: 1h}}' | 6:25 unknown-meter
          period: 24h                   |  5 | 'period: 24h\\nfeatures: {nav: {for: 1h}}'     | 6:12 missing-field
          period: 24h                   |  5 | 'period: 24h\\nfeatures: {nav: {meter: energy, for: 8785h}}' | 6:25 unlocked-by-no-count, 6:38 validity-out-of-range
          period: 24h                   |  5 | 'period: 24h\\nfeatures: {nav: {meter: energy, to: 1h}}' | 6:12 missing-field, 6:25 unlocked-by-no-count, 6:33 unknown-key
          period: 24h                   |  5 | 'period: 24h\\nfeatures: nav'                  | 6:11 bad-type
          # -- meters
          aggregate: sum                |  7 | aggregate: mean                                 | 7:79 unknown-aggregate
          , aggregate: sum              |  7 | ''                                              | 7:3 missing-field
          event: lamp.report,           |  7 | ''                                              | 7:3 missing-field
          event: lamp.report            |  7 | event: lamp report                              | 7:19 bad-event
          value: data.wh,               |  7 | ''                                              | 7:3 missing-field
          value: data.wh                |  7 | value: wh                                       | 7:39 bad-value
          value: data.wh                |  7 | value: data.power.wh                            | 7:39 bad-value
          unit: Wh                      |  7 | unit: wH                                        | 7:54 unknown-unit
          unit: Wh                      |  7 | unit: kB                                        | 13:56 other-dimension
          scale: 3                      |  7 | scale: -1                                       | 7:65 scale-out-of-range
          scale: 3                      |  7 | scale: 10                                       | 7:65 scale-out-of-range
          scale: 3                      |  7 | scale: 1.5                                      | 7:65 bad-number
          scale: 3                      |  7 | scale: 99999999999999999999                     | 7:65 bad-number
          scale: 3                      |  7 | finer: up                                       | 7:65 unknown-finer
          scale: 3, aggregate: sum      |  7 | aggregate: count                                | 7:32 value-of-count, 7:54 other-dimension
          'value: data.wh, unit: Wh, scale: 3, aggregate: sum' | 7 | 'aggregate: count, scale: 3' | 7:57 scale-out-of-range
          'unit: Wh, scale: 3, aggregate: sum' | 7 | 'aggregate: unique, unit: Wh'          | 7:73 other-dimension
          'unit: Wh, scale: 3, aggregate: sum' | 7 | 'aggregate: unique, scale: 1'          | 7:74 scale-out-of-range
          aggregate: sum                |  7 | 'aggregate: time-weighted'                      | 7:3 missing-field
          aggregate: sum                |  7 | 'aggregate: sum, holds-for: 1h'                 | 7:84 not-a-level
          aggregate: sum                |  7 | 'aggregate: time-weighted, holds-for: 672h'     | 7:105 holds-too-long
          aggregate: sum                |  7 | 'aggregate: time-weighted, holds-for: PT0S'     | 7:105 holds-too-long
          aggregate: sum                |  7 | 'aggregate: time-weighted, holds-for: long'     | 7:105 bad-length
          aggregate: sum                |  7 | 'aggregate: sum, where: {}'                     | 7:84 bad-where
          aggregate: sum                |  7 | 'aggregate: sum, where: peak'                   | 7:91 bad-type
          aggregate: sum                |  7 | 'aggregate: sum, where: {kind: peak}'           | 7:92 bad-value
          aggregate: sum                |  7 | 'aggregate: sum, where: {data.kind: []}'        | 7:92 bad-where
          aggregate: sum                |  7 | 'aggregate: sum, where: {data.kind: {a: b}}'    | 7:103 bad-type
          aggregate: sum                |  7 | 'aggregate: sum, where: {data.kind: [a, b, a]}' | 7:110 bad-where
          aggregate: sum                |  7 | aggregate: delta, reset: never                  | 7:93 unknown-reset
          aggregate: sum                |  7 | aggregate: delta, first: zero                   | 7:93 unknown-first
          aggregate: sum                |  7 | aggregate: delta, rolls-over-at: 0              | 7:101 bound-of-nothing
          aggregate: sum                |  7 | aggregate: delta, rolls-over-at: 0.0001         | 7:101 bound-too-fine
          aggregate: sum                |  7 | aggregate: delta, rolls-over-at: -1             | 7:101 negative-number
          aggregate: sum                |  7 | aggregate: sum, reset: ignore                   | 7:84 not-a-counter
          aggregate: sum                |  7 | aggregate: sum, rolls-over-at: 65536            | 7:84 not-a-counter
          aggregate: sum                |  7 | aggregate: burst, every: 5m                     | 7:3 missing-field
          aggregate: sum                |  7 | aggregate: burst, above: 3                      | 7:3 missing-field
          aggregate: sum                |  7 | aggregate: burst, above: 3, every: PT5S         | 7:103 too-many-slots
          aggregate: sum                |  7 | aggregate: burst, above: 3, every: soon         | 7:103 bad-length
          aggregate: sum                |  7 | aggregate: burst, every: 5m, above: 0.0001      | 7:104 bound-too-fine
          aggregate: sum                |  7 | aggregate: burst, every: 5m, above: 3, percentile: 95 | 7:107 no-such-slots
          aggregate: sum                |  7 | aggregate: percentile, every: 5m                | 7:3 missing-field
          aggregate: sum                |  7 | aggregate: percentile, every: 5m, percentile: 100 | 7:114 bad-percentile
          aggregate: sum                |  7 | aggregate: percentile, every: 5m, percentile: 95, above: 3 | 7:118 no-such-slots
          aggregate: sum                |  7 | aggregate: sum, every: 5m                       | 7:84 no-such-slots
          'energy: {event'              |  7 | 'the energy: {event'                            | 7:3 bad-name, 7:3 unused-meter, 13:23 unknown-meter
          meters:                       |  6 | metres:                                         | 6:1 unknown-key, 13:23 unknown-meter
          'meters:'                     |  6 | 'meters: {idle: {event: e, aggregate: count}}\\nmetres:' | 6:10 unused-meter, 7:1 unknown-key, 14:23 unknown-meter
          # -- offers
          offers:                       |  8 | 'offers: {}\\nofers:'                            | 8:1 no-offers, 9:1 unknown-key
          offers:                       |  8 | offres:                                         | 1:1 missing-field, 8:1 unknown-key
          offers:                       |  8 | 'offers: [lamp]\\nrest:'                         | 8:9 bad-type, 9:1 unknown-key
          scope: device                 | 10 | scope: pool                                     | 10:12 unknown-scope
          scope: device                 | 10 |                                                 | 9:3 missing-field
          scope: device                 | 10 | scope: {device: true}                           | 10:12 bad-type
          window: 1h                    | 11 | windwo: 1h                                      | 9:3 missing-field, 11:5 unknown-key
          window: 1h                    | 11 | window: 7h                                      | 11:13 window-does-not-divide-day
          window: 1h                    | 11 | window: 0m                                      | 11:13 window-does-not-divide-day
          window: 1h                    | 11 | window: 48h                                     | 11:13 window-does-not-divide-day
          window: 1h                    | 11 | window: PT30S                                   | 11:13 window-does-not-divide-day
          window: 1h                    | 11 | window: hourly                                  | 11:13 bad-length
          window: 1h                    | 11 | window: -1h                                     | 11:13 bad-length
          window: 1h                    | 11 | 'window: 1h\\n    grace: 25h'                   | 12:12 bad-grace
          window: 1h                    | 11 | 'window: 1h\\n    grace: -PT1S'                 | 12:12 bad-grace
          window: 1h                    | 11 | 'window: 1h\\n    grace: a while'               | 12:12 bad-length
          # -- charges
          charges:                      | 12 | 'charges: {}\\n    chargse:'                     | 7:3 unused-meter, 12:5 no-charges, 13:5 unknown-key
          charges:                      | 12 | 'chargse:'                                      | 7:3 unused-meter, 9:3 no-charges, 12:5 unknown-key
          charges:                      | 12 | 'charges: lease\\n    chargse:'                  | 7:3 unused-meter, 12:14 bad-type, 13:5 unknown-key
          lease:                        | 14 | energy:                                         | 14:7 duplicate-key
          meter: energy                 | 13 | meter: enrgy                                    | 7:3 unused-meter, 13:23 unknown-meter
          meter: energy,                | 13 | ''                                              | 7:3 unused-meter, 13:7 missing-field
          , unit: kWh                   | 13 | ''                                              | 13:7 missing-field
          unit: kWh                     | 13 | unit: KWh                                       | 13:56 unknown-unit
          unit: kWh                     | 13 | unit: MB                                        | 13:56 other-dimension
          unit: kWh                     | 13 | unit: kWh, recurring: 1                         | 13:61 two-prices
          unit: kWh                     | 13 | unit: kWh, every: day                           | 13:61 unknown-key
          per-unit: 0.00005,            | 13 | ''                                              | 13:7 no-price
          per-unit: 0.00005             | 13 | per-unit: 5e-5                                  | 13:41 bad-number
          per-unit: 0.00005             | 13 | 'per-unit: "0,00005"'                           | 13:41 bad-number
          per-unit: 0.00005             | 13 | per-unit: .5                                    | 13:41 bad-number
          per-unit: 0.00005             | 13 | per-unit: NaN                                   | 13:41 bad-number
          per-unit: 0.00005             | 13 | per-unit: EUR 0.1                               | 13:41 bad-number
          per-unit: 0.00005             | 13 | per-unit: -0.1                                  | 13:41 negative-number
          per-unit: 0.00005             | 13 | per-unit: 0.0000000000000000001                 | 13:41 number-too-fine
          per-unit: 0.00005             | 13 | per-unit: 1234567890123                         | 13:41 number-too-large
          per-unit: 0.00005             | 13 | per-unit: {eur: 1}                              | 13:41 bad-type
          recurring: 0.10               | 14 | recurring: 0.0000000001                         | 14:27 price-too-fine
          recurring: 0.10               | 14 | recurring: 9223372036.854775808                 | 14:27 price-too-large
          every: day                    | 14 | 'every: day, prorate: day'                      | 14:54 nothing-to-prorate
          every: day                    | 14 | 'every: month, prorate: week'                   | 14:56 unknown-prorate
          every: day                    | 14 | every: week                                     | 14:40 unknown-every
          , every: day                  | 14 | ''                                              | 14:7 missing-field
          every: day                    | 14 | 'every: day, tax: VAT 21'                       | 14:50 bad-name
          every: day                    | 14 | 'every: day, tax: '                             | 14:45 missing-value
          every: day                    | 14 | 'every: day, tax: [a]'                          | 14:50 bad-type
          every: day                    | 14 | every: day, taxes: a                            | 14:45 unknown-key
          scope: device                 | 10 | 'scope: device\n    tax: 21 %'                  | 11:10 bad-name
          # -- shares
          share:                        | 15 | 'share: []\\n    shrae:'                         | 15:5 no-shares, 16:5 unknown-key
          share:                        | 15 | 'share: telco\\n    shrae:'                      | 15:5 no-shares, 15:12 bad-type, 16:5 unknown-key
          percent: 70                   | 16 | percent: 100                                    | 15:5 nothing-remains
          percent: 70                   | 16 | percent: 100.0001                               | 16:33 percent-out-of-range
          percent: 70                   | 16 | percent: 0                                      | 16:33 percent-out-of-range
          percent: 70                   | 16 | percent: 70.00001                               | 16:33 number-too-fine
          percent: 70                   | 16 | percent: 70%                                    | 16:33 bad-number
          percent: 70                   | 16 | remainder: true                                 | 17:30 two-remainders
          percent: 70                   | 16 | remainder: false                                | 16:35 bad-remainder
          , percent: 70                 | 16 | ''                                              | 16:9 missing-field
          'party: telco, '              | 16 | ''                                              | 16:9 missing-field
          party: telco                  | 16 | party: a/b                                      | 16:17 bad-name
          party: lamp-vendor            | 17 | party: telco                                    | 17:17 duplicate-party
          remainder: true               | 17 | percent: 30.0001                                | 15:5 shares-over-100
          remainder: true               | 17 | percent: 29.9999                                | 15:5 shares-under-100
          remainder: true               | 17 | 'remainder: true, percent: 1'                   | 17:30 percent-and-remainder
          remainder: true               | 17 | 'rest: true'                                    | 17:9 missing-field, 17:30 unknown-key
          percent: 70                   | 16 | 'percent: 70, at-least: 0.001'                  | 16:47 price-too-fine
          percent: 70                   | 16 | 'percent: 70, at-least: -1'                     | 16:47 negative-number
          percent: 70                   | 16 | 'percent: 70, tiers: [{percent: 1}]'            | 16:37 two-parts
          percent: 70                   | 16 | 'per-unit: 0'                                   | 16:34 no-share
          percent: 70                   | 16 | 'per-unit: -1'                                  | 16:34 negative-number
          percent: 70                   | 16 | 'per-unit: 1, percent: 1'                       | 16:37 two-parts
          percent: 70                   | 16 | 'per-unit: 0.00001'                             | 15:5 unit-of-offer
          per-unit: 0.00005,            | 13 | 'per-unit: 0.00005, share: [{party: a, per-unit: 0.00004}, {party: b, percent: 20.0001}, {party: c, remainder: true}],' | 13:50 shares-over-price
          per-unit: 0.00005,            | 13 | 'free: true, share: [{party: a, per-unit: 0.00004}, {party: c, remainder: true}],' | 13:43 shares-over-price, 13:112 unknown-key
          per-unit: 0.00005,            | 13 | 'per-unit: 0.00005, share: [{party: a, per-unit: 0.00004}, {party: b, percent: 20}],' | 13:50 no-remainder
          recurring: 0.10               | 14 | 'recurring: 0.10, share: [{party: a, per-unit: 0.01}, {party: b, remainder: true}]' | 14:33 unit-of-no-use
          percent: 70                   | 16 | 'tiers: 70'                                     | 16:31 bad-type
          percent: 70                   | 16 | 'tiers: []'                                     | 16:24 no-tiers
          percent: 70                   | 16 | 'tiers: [{percent: 1}, {percent: 2}]'           | 16:32 never-reached
          percent: 70                   | 16 | 'tiers: [{to: 9, percent: 1}]'                  | 16:37 tier-gap
          percent: 70                   | 16 | 'tiers: [{to: 9, percent: 1}, {to: 9, percent: 3}, {percent: 2}]' | 16:58 never-reached
          percent: 70                   | 16 | 'tiers: [{to: 0.001, percent: 1}, {percent: 2}]' | 16:37 price-too-fine
          percent: 70                   | 16 | 'tiers: [{to: 9, percent: 101}, {percent: 2}]'  | 16:49 percent-out-of-range
          percent: 70                   | 16 | 'tiers: [{to: 9, percent: 100}, {percent: 2}]'  | 15:5 nothing-remains
          percent: 70                   | 16 | 'tiers: [{to: 9, parts: 1}, {percent: 2}]'      | 16:32 missing-field, 16:40 unknown-key
          remainder: true               | 17 | 'remainder: true, at-least: 5'                  | 17:47 promise-of-remainder
          remainder: true               | 17 | 'percent: 30, at-least: 5'                      | 15:5 no-remainder
          remainder: true               | 17 | 'tiers: [{to: 9, percent: 31}, {percent: 2}]'   | 15:5 shares-over-100
          every: day                    | 14 | 'every: day, share: [{party: a, percent: 99}]'  | 14:45 shares-under-100
          every: day                    | 14 | 'every: day, share: none'                       | 14:45 no-shares, 14:52 bad-type
          '- {party: lamp-vendor, remainder: true}' | 17 | '- lamp-vendor'                     | 17:9 bad-type
          """)
  void oneFault_isReportedWhereItIs(String insteadOf, int line, String write, String problems) {
    String[] lines = Catalogs.SOUND.split("\n", -1);
    assertTrue(lines[line - 1].contains(insteadOf), "line " + line + ": " + lines[line - 1]);
    String replacement = write == null ? "" : write.replace("\\n", "\n");
    lines[line - 1] =
        lines[line - 1].replaceFirst(
            Pattern.quote(insteadOf), Matcher.quoteReplacement(replacement));
    assertEquals(problems, Catalogs.faults(String.join("\n", lines)));
  }
}
