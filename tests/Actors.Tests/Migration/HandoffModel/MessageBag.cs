using System.Collections.Immutable;

namespace ActorStack.Actors.Tests.Migration.HandoffModel;

/// <summary>The messages in flight, as numbers in ascending order; some may be there several times. A value.</summary>
internal sealed class MessageBag : IEquatable<MessageBag>
{
    private readonly ImmutableArray<int> _messages;
    private readonly int _hash;

    private MessageBag(ImmutableArray<int> messages)
    {
        _messages = messages;
        var hash = default(HashCode);
        foreach (var message in messages) hash.Add(message);
        _hash = hash.ToHashCode();
    }

    public static MessageBag Empty { get; } = new([]);

    public int Count => _messages.Length;

    /// <summary>Each message once.</summary>
    public IEnumerable<int> Distinct => _messages.Where((message, at) => at == 0 || _messages[at - 1] != message);

    public MessageBag With(int message)
    {
        var at = _messages.BinarySearch(message);
        return new MessageBag(_messages.Insert(at < 0 ? ~at : at, message));
    }

    public MessageBag Without(int message) => new(_messages.RemoveAt(_messages.BinarySearch(message)));

    public MessageBag Without(Func<int, bool> condition) => new(_messages.RemoveAll(message => condition(message)));

    public bool Equals(MessageBag? other) => other is not null && _messages.AsSpan().SequenceEqual(other._messages.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as MessageBag);

    public override int GetHashCode() => _hash;
}
