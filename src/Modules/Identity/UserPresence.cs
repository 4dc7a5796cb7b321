using Harbor.Modules.Configuration;
using Harbor.Platform.Data;

namespace Harbor.Modules.Identity;

internal sealed class UserPresence(Database database) : IUserPresence
{
    private const string Sql = "SELECT EXISTS (SELECT FROM harbor_user WHERE id <> $1 AND NOT deleted)";

    public async Task<bool> HaveUsersAsync(CancellationToken ct)
    {
        await using var command = database.Command(Sql).With(User.AdminId);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    public Task<bool> HaveUsersAsync(Transaction tx) => tx.ScalarAsync<bool>(Sql, User.AdminId);
}
