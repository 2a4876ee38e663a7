package io.millrace.connectors.devices;

import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a list of devices is written. */
public enum DeviceFormat {
  /** CSV (RFC 4180) with a header line. */
  CSV("text/csv", ".csv") {
    @Override
    public DeviceLines read(InputStream in) {
      return new CsvDevices(in);
    }
  },
  /** A JSON object a line. */
  NDJSON("application/x-ndjson", ".ndjson") {
    @Override
    public DeviceLines read(InputStream in) {
      return new NdjsonDevices(in);
    }
  },
  /** One JSON array of objects. */
  JSON("application/json", ".json") {
    @Override
    public DeviceLines read(InputStream in) {
      return new JsonDevices(in);
    }
  };

  private final String mediaType;
  private final String suffix;

  DeviceFormat(String mediaType, String suffix) {
    this.mediaType = mediaType;
    this.suffix = suffix;
  }

  /** Reads a list from its first byte on. */
  public abstract DeviceLines read(InputStream in);

  /** Its media type, without parameters. */
  public String mediaType() {
    return mediaType;
  }

  /** The format of a media type, parameters aside. */
  public static Optional<DeviceFormat> ofMediaType(String type) {
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(f -> f.mediaType.equals(bare)).findFirst();
  }

  /** The format of a file, by the end of its name. */
  public static Optional<DeviceFormat> ofFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".jsonl")
        ? Optional.of(NDJSON)
        : Arrays.stream(values()).filter(f -> lower.endsWith(f.suffix)).findFirst();
  }
}
