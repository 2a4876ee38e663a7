package io.millrace.ops.node;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Meter;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * What network functions are charged for (3GPP TS 32.290): how their subscribers and rating groups
 * find devices and meters. All of it is the operator's.
 *
 * @param apiRoot what the names of sessions begin with, like {@code https://chf.example.com}; empty
 *     for a path of this host
 * @param identifier which of a subscriber's identifiers names its device
 * @param strip what an identifier begins with that is no part of the device's name; empty for none
 * @param validity seconds that a grant lasts
 * @param groups by rating group; any other one can't be rated
 */
public record NchfConfig(
    String apiRoot, Identifier identifier, String strip, int validity, Map<Long, Group> groups) {

  /** Seconds that a grant lasts, where nothing is said. */
  static final int VALIDITY = 3_600;

  /** What the device of a subscriber is named by. */
  public enum Identifier {
    /** {@code subscriberIdentifier}. */
    SUPI,
    /** {@code servedGPSI} of the PDU session's user information. */
    GPSI
  }

  /** What is counted of a rating group, and the dimension of its meter's unit; empty for any. */
  public enum Measured {
    TIME("time", "time"),
    TOTAL_VOLUME("totalVolume", "data"),
    SERVICE_SPECIFIC_UNITS("serviceSpecificUnits", "");

    private final String member;
    private final String dimension;

    Measured(String member, String dimension) {
      this.member = member;
      this.dimension = dimension;
    }

    /** Whether a meter can say each one of what is counted exactly. */
    public boolean fits(Meter meter) {
      boolean isCount = meter.aggregate() == Meter.Aggregate.COUNT;
      if (dimension.isEmpty()) {
        return isCount || meter.aggregate() == Meter.Aggregate.SUM;
      }
      return meter.aggregate() == Meter.Aggregate.SUM
          && dimension.equals(meter.unit().dimension())
          && BigInteger.TEN
                  .pow(meter.scale())
                  .mod(BigInteger.valueOf(meter.unit().factor()))
                  .signum()
              == 0;
    }

    /** As requests name it. */
    public String member() {
      return member;
    }

    /** Of its meter's unit; empty where one of the unit is one of what is counted. */
    public String dimension() {
      return dimension;
    }
  }

  /**
   * A rating group.
   *
   * @param meter the catalog's, by which it is charged
   * @param grant what is granted at once at most; seconds, bytes or units
   * @param holdingTime seconds after which a quota that nobody uses is given back; 0 where nothing
   *     is said
   * @param threshold with so much left that more is asked for; 0 where nothing is said
   */
  public record Group(
      String meter, Measured measured, long grant, int holdingTime, long threshold) {}

  public NchfConfig {
    groups = Map.copyOf(groups);
  }

  /** The rating groups whose meter a catalog does not have, or has in a unit that does not fit. */
  public List<Long> misfits(Catalog catalog) {
    return groups.entrySet().stream()
        .filter(
            e -> {
              Meter meter = catalog.meters().get(e.getValue().meter());
              return meter == null || !e.getValue().measured().fits(meter);
            })
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }
}
