namespace ActorStack.Fuzz;

/// <summary>Inputs to begin with where there is no corpus: random programs of several lengths.</summary>
internal static class Seeds
{
    private const int Count = 40;

    public static void Write(string target, string directory)
    {
        Directory.CreateDirectory(directory);
        var random = new Random(target.Length);
        for (var i = 0; i < Count; i++)
        {
            var bytes = new byte[random.Next(10, 300)];
            random.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(directory, $"seed-{i:D3}"), bytes);
        }
    }
}
