namespace ActorStack.Fuzz;

/// <summary>
/// Random inputs without coverage: programs of chance, and mutations of the corpus. All of it follows from the seed.
/// </summary>
internal sealed class Campaign(int seed, IReadOnlyList<byte[]> corpus)
{
    private const int MaximumLength = 600;

    private readonly Random _random = new(seed);

    /// <summary>Runs the target on as many inputs; what it finds names the input.</summary>
    public void Run(Action<ReadOnlyMemory<byte>> target, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var input = Next();
            try
            {
                target(input);
            }
            catch (Exception error)
            {
                throw new InvariantException($"seed {seed}, input {i}, {Convert.ToHexString(input)}: {error}");
            }
        }
    }

    private byte[] Next()
    {
        if (corpus.Count == 0 || _random.Next(4) == 0) return Chance();
        var input = corpus[_random.Next(corpus.Count)].ToList();
        for (var changes = 1 + _random.Next(8); changes > 0; changes--) Mutate(input);
        return [.. input];
    }

    private byte[] Chance()
    {
        var input = new byte[_random.Next(MaximumLength)];
        _random.NextBytes(input);
        return input;
    }

    private void Mutate(List<byte> input)
    {
        var at = _random.Next(input.Count + 1);
        switch (_random.Next(5))
        {
            case 0:
                input.Insert(at, (byte)_random.Next(256));
                break;
            case 1 when at < input.Count:
                input.RemoveAt(at);
                break;
            case 2 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 3 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 4:
                var other = corpus[_random.Next(corpus.Count)];
                var from = _random.Next(other.Length + 1);
                input.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, _random.Next(64))));
                break;
        }
    }
}
