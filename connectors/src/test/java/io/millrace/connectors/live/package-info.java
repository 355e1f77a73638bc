@NullMarked
package io.millrace.connectors.live;

import org.jspecify.annotations.NullMarked;
