@NullMarked
package io.millrace.model.reference;

import org.jspecify.annotations.NullMarked;
