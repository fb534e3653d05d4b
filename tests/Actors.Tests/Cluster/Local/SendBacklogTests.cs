using ActorStack.Actors.Cluster.Channel;

namespace ActorStack.Actors.Tests.Cluster.Local;

public sealed class SendBacklogTests
{
    private readonly SendBacklog _backlog = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Frames_of_any_size_leave_in_their_order(int seed)
    {
        var random = new Random(seed);
        var (added, left) = (new List<byte>(), new List<byte>());
        for (var step = 0; step < 200; step++)
        {
            var frame = new byte[random.Next(1, random.Next(1, 600_000))];
            random.NextBytes(frame);
            frame.CopyTo(_backlog.Extend(frame.Length));
            added.AddRange(frame);
            for (var sends = random.Next(4); sends > 0 && _backlog.Count > 0; sends--) Send(random, left);
            Assert.Equal(added.Count - left.Count, _backlog.Count);
        }

        while (_backlog.Count > 0) Send(random, left);
        Assert.True(added.SequenceEqual(left));
        Assert.True(_backlog.First.IsEmpty);
    }

    /// <summary>A socket takes any part of what it is given.</summary>
    private void Send(Random random, List<byte> left)
    {
        var taken = _backlog.First[..random.Next(1, _backlog.First.Length + 1)];
        left.AddRange(taken);
        _backlog.Remove(taken.Length);
    }
}
