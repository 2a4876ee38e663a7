package io.millrace.tests.pricing;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
import io.millrace.tests.oracle.Shape;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;

/** The same price twice: in the words of a catalog, and as the oracle takes it. */
record Priced(String currency, String meterUnit, int scale, String unit, Shape shape) {

  /** The catalog's charge. */
  String yaml() {
    String unitAndRounding =
        ", unit: " + unit + round(shape.each(), "event") + round(shape.period(), "period");
    String price =
        switch (shape.kind()) {
          case "per-unit" ->
              "per-unit: " + plain(shape.tiers().getFirst().each()) + unitAndRounding;
          case "package" ->
              "package: {of: "
                  + plain(shape.size())
                  + ", price: "
                  + plain(shape.tiers().getFirst().each())
                  + "}"
                  + unitAndRounding;
          case "flat" -> "flat: " + plain(shape.tiers().getFirst().flat());
          case "free" -> "free: true";
          default -> shape.kind() + ": " + tiers() + unitAndRounding;
        };
    return "used: {meter: used, " + price + "}";
  }

  /** What is included of it, as the catalog's offer says it. */
  String allowances() {
    List<String> all = new ArrayList<>();
    for (BigDecimal quantity : shape.included()) {
      all.add(
          "{allowance: a%d, included: %s, unit: %s, of: used}"
              .formatted(all.size(), plain(quantity), unit));
    }
    return all.isEmpty() ? "" : "allowances: " + all;
  }

  private String tiers() {
    List<String> all = new ArrayList<>();
    for (Shape.Tier tier : shape.tiers()) {
      List<String> keys = new ArrayList<>();
      if (tier.to() != null) {
        keys.add("to: " + plain(tier.to()));
      }
      if (shape.kind().equals("stair-step")) {
        keys.add("price: " + plain(tier.flat()));
      } else {
        keys.add("per-unit: " + plain(tier.each()));
        keys.add("flat: " + plain(tier.flat()));
      }
      all.add("{" + String.join(", ", keys) + "}");
    }
    return all.toString();
  }

  private static String round(Shape.Rounding rounding, String each) {
    if (rounding.equals(Shape.EXACT)) {
      return "";
    }
    List<String> keys = new ArrayList<>(List.of("each: " + each));
    if (rounding.step().signum() > 0) {
      keys.add(rounding.way() + ": " + plain(rounding.step()));
    }
    if (rounding.least().signum() > 0) {
      keys.add("at-least: " + plain(rounding.least()));
    }
    return ", round: {" + String.join(", ", keys) + "}";
  }

  private static String plain(BigDecimal number) {
    return number.toPlainString();
  }

  /** The rules of a catalog with this charge only. */
  Rules rules() {
    return rules("device");
  }

  /** The same, with who shares its tiers. */
  Rules rules(String scope) {
    String text =
        """
        catalog: shapes
        effective: 2026-01-01
        currency: %s
        zone: UTC
        period: 24h
        meters:
          used: {event: e, value: data.v, unit: %s, scale: %d, aggregate: sum}
        offers:
          thing:
            scope: %s
            window: 1h
            %s
            charges:
              %s
        """
            .formatted(currency, meterUnit, scale, scope, allowances(), yaml());
    return switch (CatalogFile.read("shapes.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> Rules.compile(1, 4, catalog, n -> 1);
      case CatalogFile.Result.Rejected rejected ->
          throw new AssertionError(rejected.problems() + "\n" + text);
    };
  }

  /** The charge, compiled. */
  UsageCharge charge() {
    return rules().offers().getFirst().last().usage().getFirst();
  }

  static int digits(String currency) {
    return Currency.getInstance(currency).getDefaultFractionDigits() + 7;
  }

  @Override
  public String toString() {
    return currency + ", " + meterUnit + " of scale " + scale + ": " + yaml() + " " + allowances();
  }
}
