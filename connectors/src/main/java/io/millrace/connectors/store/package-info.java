/** PostgreSQL: the pool, the schema, bulk writes. */
@NullMarked
package io.millrace.connectors.store;

import org.jspecify.annotations.NullMarked;
