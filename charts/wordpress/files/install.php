<?php
// Makes the site and its administrator, where there is no site yet: else the first visitor would choose both.

define( 'WP_INSTALLING', true );

// There is no mail server to tell the administrator.
function wp_new_blog_notification( $blog_title, $blog_url, $user_id, $password ) {}

$_SERVER['HTTP_HOST']   = getenv( 'WOOW_HOST' );
$_SERVER['REQUEST_URI'] = '/';

require '/var/www/html/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if ( is_blog_installed() ) {
	exit( 0 );
}
wp_install(
	getenv( 'WOOW_TITLE' ),
	getenv( 'WOOW_ADMIN_USER' ),
	getenv( 'WOOW_ADMIN_EMAIL' ),
	getenv( 'WOOW_SEARCH_ENGINES' ) === 'true',
	'',
	wp_slash( getenv( 'WOOW_ADMIN_PASSWORD' ) )
);
echo "The site is made.\n";
