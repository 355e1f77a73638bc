@NullMarked
package io.millrace.connectors.files;

import org.jspecify.annotations.NullMarked;
