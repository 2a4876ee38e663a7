package io.millrace.connectors.tenant;

import io.millrace.connectors.codec.Births;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.CodecSpecs;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;

/** A tenant's specs of codecs in the table {@code codec}, named by their hash. */
public final class StoredCodecSpecs implements CodecSpecs {
  private final DataSource database;
  private final Tenant tenant;
  private final Births births;

  /** A tenant's. */
  public StoredCodecSpecs(DataSource database, Tenant tenant) {
    this.database = database;
    this.tenant = tenant;
    this.births = new StoredBirths(database, tenant);
  }

  @Override
  public Births births() {
    return births;
  }

  @Override
  public void keep(CodecSpec spec) {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement(
                "insert into codec (tenant, key, hash, spec) values (?, ?, ?, ?)"
                    + " on conflict do nothing")) {
      ps.setInt(1, tenant.id());
      ps.setLong(2, spec.key());
      ps.setBytes(3, spec.hash());
      ps.setString(4, spec.text());
      ps.executeUpdate();
      if (!c.getAutoCommit()) {
        c.commit();
      }
    } catch (SQLException e) {
      throw new Unavailable(e);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException where the row is not what its hash says
   */
  @Override
  public Optional<CodecSpec> find(long key) {
    try (Connection c = database.getConnection();
        PreparedStatement ps =
            c.prepareStatement("select spec, hash from codec where tenant = ? and key = ?")) {
      ps.setInt(1, tenant.id());
      ps.setLong(2, key);
      try (ResultSet rs = ps.executeQuery()) {
        if (!rs.next()) {
          return Optional.empty();
        }
        CodecSpec spec = CodecSpec.parse(rs.getString(1));
        if (spec.key() != key || !Arrays.equals(spec.hash(), rs.getBytes(2))) {
          throw new IllegalStateException("the codec " + Long.toHexString(key) + " was changed");
        }
        return Optional.of(spec);
      }
    } catch (SQLException e) {
      throw new Unavailable(e);
    }
  }
}
