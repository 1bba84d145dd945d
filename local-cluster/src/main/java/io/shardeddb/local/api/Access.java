package io.shardeddb.local.api;

/**
 * What a service account did or wants to do, in the words of Kubernetes' roles.
 *
 * @param user the account, as in system:serviceaccount:default:router
 * @param verb get, list, watch, create, update, patch, delete or deletecollection
 * @param group the API group, empty for the core group
 * @param resource the resource, with its subresource after a slash
 * @param namespace the namespace, empty for all or none
 * @param name the object, empty for a collection
 */
public record Access(String user, String verb, String group, String resource, String namespace, String name) {
    /** The access without what differs from object to object. */
    public Access anyObject() {
        return new Access(user, verb, group, resource, namespace, "");
    }
}
