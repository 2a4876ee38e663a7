@NullMarked
package io.millrace.connectors.tenant;

import org.jspecify.annotations.NullMarked;
