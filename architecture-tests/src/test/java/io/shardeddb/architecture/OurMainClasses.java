package io.shardeddb.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** What we wrote for production: no tests, no generated gRPC code, no classes that Micronaut derives from ours. */
public final class OurMainClasses implements ImportOption {

    @Override
    public boolean includes(Location location) {
        return !location.contains("/test-classes/")
                && !location.contains("/io/shardeddb/architecture/")
                && !location.contains("/io/shardeddb/protocol/wire/")
                && !location.contains("/$");
    }
}
