/** ERP connectors: what stands behind their Kamelets. */
@NullMarked
package io.millrace.connectors.erp;

import org.jspecify.annotations.NullMarked;
