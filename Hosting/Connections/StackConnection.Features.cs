using System.Collections;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace ActorStack.Hosting;

/// <summary>
/// The features: the connection itself, and what is set over it. A connection on which nothing is set has no collection.
/// </summary>
internal sealed partial class StackConnection : IFeatureCollection
{
    private static readonly FrozenSet<Type> Own = FrozenSet.Create(
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionLifetimeNotificationFeature),
        typeof(IConnectionMigrationFeature), typeof(IConnectionHandoffFeature), typeof(ITcpConnectionFeature));

    /// <summary>The features that were set; a null value: the feature was removed.</summary>
    private Dictionary<Type, object?>? _set;
    private int _revision;

    public override IFeatureCollection Features => this;

    bool IFeatureCollection.IsReadOnly => false;

    int IFeatureCollection.Revision => _revision;

    object? IFeatureCollection.this[Type key]
    {
        get => Find(key);
        set => Set(key, value);
    }

    TFeature? IFeatureCollection.Get<TFeature>()
        where TFeature : default => (TFeature?)Find(typeof(TFeature));

    void IFeatureCollection.Set<TFeature>(TFeature? instance)
        where TFeature : default => Set(typeof(TFeature), instance);

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator() =>
        Own.Union(_set?.Keys ?? Enumerable.Empty<Type>())
            .Select(key => new KeyValuePair<Type, object>(key, Find(key)!))
            .Where(feature => feature.Value is not null)
            .GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<KeyValuePair<Type, object>>)this).GetEnumerator();

    private object? Find(Type key)
    {
        if (_set is not null && _set.TryGetValue(key, out var feature)) return feature;
        return Own.Contains(key) ? this : null;
    }

    private void Set(Type key, object? feature)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_set ??= [])[key] = feature;
        _revision++;
    }
}
