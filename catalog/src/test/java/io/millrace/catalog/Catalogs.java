package io.millrace.catalog;

import io.millrace.catalog.CatalogFile.Result.Accepted;
import io.millrace.catalog.CatalogFile.Result.Rejected;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** A sound catalog to break, and what reading makes of it. */
final class Catalogs {

  static final String SOUND =
      """
      catalog: smart-city
      effective: 2026-11-02
      currency: EUR
      zone: Europe/Madrid
      period: 24h
      meters:
        energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
      offers:
        lamp:
          scope: device
          window: 1h
          charges:
            energy: {meter: energy, per-unit: 0.00005, unit: kWh}
            lease:  {recurring: 0.10, every: day}
          share:
            - {party: telco, percent: 70}
            - {party: lamp-vendor, remainder: true}
      """;

  private Catalogs() {}

  static Catalog accept(String text) {
    return switch (read(text.getBytes(StandardCharsets.UTF_8))) {
      case Accepted(Catalog catalog) -> catalog;
      case Rejected(List<Problem> problems) -> throw new AssertionError("rejected: " + problems);
    };
  }

  static List<Problem> reject(byte[] bytes) {
    return switch (read(bytes)) {
      case Accepted(Catalog catalog) -> throw new AssertionError("accepted: " + catalog);
      case Rejected(List<Problem> problems) -> problems;
    };
  }

  /** Problems as {@code line:column code}, in the file's order. */
  static String faults(String text) {
    return reject(text.getBytes(StandardCharsets.UTF_8)).stream()
        .map(p -> p.line() + ":" + p.column() + " " + p.code())
        .collect(Collectors.joining(", "));
  }

  static byte[] template(String name) throws IOException {
    try (InputStream in = CatalogFile.class.getResourceAsStream("templates/" + name)) {
      return in.readAllBytes();
    }
  }

  private static CatalogFile.Result read(byte[] bytes) {
    return CatalogFile.read("test.yaml", bytes);
  }
}
